"""Answers the host's commands about stored data: upload in parts, download, list, delete."""

import binascii

from preheat_core import profile, protocol, settings
from preheat_fw.desk import Refusal
from preheat_fw.digest import Digest
from preheat_fw.store import sha

LIST_ITEMS = 8  # per answer
RECORDED = ("log", "incident")


class Files:
    """Uploads are checked as a whole before anything that was there is touched."""

    def __init__(self, unit):
        self._unit = unit
        self.digest = Digest()
        self._upload = None  # [kind, name, size, crc, bytearray, next part]

    def do_put(self, obj):
        self._upload = [obj["kind"], obj["name"], obj["size"], obj["crc"], bytearray(), 0]

    def do_part(self, obj):
        upload = self._upload
        if upload is None:
            raise Refusal("state", "no upload is open: begin with put")
        number = obj["n"]
        if number == upload[5] - 1:
            return {"n": number}  # the answer was lost; the part is here
        if number != upload[5]:
            raise Refusal("args", f"part {upload[5]} is expected")
        try:
            data = binascii.a2b_base64(obj["data"])
        except ValueError:
            raise Refusal("args", "data is not base64")
        if len(upload[4]) + len(data) > upload[2]:
            raise Refusal("args", "more data than put announced")
        upload[4].extend(data)
        upload[5] += 1
        return {"n": number}

    def do_done(self, _obj):
        upload = self._upload
        self._upload = None
        if upload is None:
            raise Refusal("state", "no upload is open: begin with put")
        kind, name, size, crc, buffer, _ = upload
        data = bytes(buffer)
        if len(data) != size or protocol.crc_hex(data).decode() != crc:
            raise Refusal("crc", "the upload did not arrive whole: send it again")
        try:
            body = protocol.load_json(data)
        except ValueError:
            raise Refusal("check", "the upload is not JSON")
        problems = profile.check(body) if kind == "profile" else settings.check(body)
        if not problems and kind == "settings" and self._unit.board["zones"]:
            problems = settings.check_for(body, self._unit.board)
        if problems:
            raise Refusal("check", f"the {kind} is refused", problems)
        if kind == "profile":
            if body["name"] != name:
                raise Refusal("check", "the profile's own name differs from the upload's")
            self._unit.store.write_bytes(f"profiles/{name}.json", data)
        else:
            self._unit.store.write_bytes("settings.json", data)
            self._unit.use_settings(body, data)
        return {"sha": sha(data)}

    def do_get(self, obj):
        kind, name = obj["kind"], obj["name"]
        if kind in RECORDED:
            files = self._dir(kind, name)
            grows = self._is_open(kind, name)
            if grows and self.digest.unfinished(files, name):
                size = self.digest.size  # as it was when first asked
            else:
                if grows:
                    self._unit.journal.flush(self._unit.kernel)
                size = files.size(name)
            return {"size": size, "sha": self.digest.ask(files, name, size)}
        data = self._stored(kind, name)
        return {"size": len(data), "sha": sha(data)}

    def do_read(self, obj):
        kind, name, offset, count = obj["kind"], obj["name"], obj["off"], obj["n"]
        if kind in RECORDED:
            files = self._dir(kind, name)
            data = files.read(name, offset, count)
            end = offset + len(data) >= files.size(name)
        else:
            whole = self._stored(kind, name)
            data = whole[offset : offset + count]
            end = offset + len(data) >= len(whole)
        text = binascii.b2a_base64(data).decode().strip()
        return {"off": offset, "data": text, "eof": end}

    def do_list(self, obj):
        start = obj["from"]
        if obj["kind"] in RECORDED:
            files = self._files(obj["kind"])
            names = files.ids()
            items = [
                list(files.info(name)) + [files.marked(name)]
                for name in names[start : start + LIST_ITEMS]
            ]
        else:
            names = self._unit.store.list("profiles/")
            items = []
            for path in names[start : start + LIST_ITEMS]:
                data = self._unit.store.read_bytes(path)
                name = path[len("profiles/") : -len(".json")]
                items.append([name, None if data is None else sha(data)])
        more = start + LIST_ITEMS < len(names)
        return {"items": items, "next": start + LIST_ITEMS if more else None}

    def do_del(self, obj):
        unit = self._unit
        name = obj["name"]
        if obj["kind"] in RECORDED:
            files = self._closed(obj["kind"], name)
            self.digest.forget(files, name)
            found = files.remove(name)
        else:
            if unit.kernel.armed == name:
                raise Refusal("state", "this profile is armed for the start button: disarm first")
            found = unit.store.remove(f"profiles/{name}.json")
        if not found:
            raise Refusal("missing", f"there is no {obj['kind']} {name}")

    def do_pulled(self, obj):
        """Believed only with the sha of what is here: a host that has something else has not."""
        kind, name = obj["kind"], obj["name"]
        files = self._closed(kind, name)
        size, end = files.info(name)[1:3]
        if end is None:
            raise Refusal("state", f"this {kind} was never closed: restart the unit")
        found = self.digest.ask(files, name, size)
        if found is not None and found != obj["sha"]:
            raise Refusal("hash", f"this is not the unit's {kind} {name}: pull it again")
        if found is not None:
            files.mark(name)
        return {"pulled": found is not None}

    def _files(self, kind):
        return self._unit.logs if kind == "log" else self._unit.incidents.files

    def _dir(self, kind, name):
        """Where a recorded file of that name is."""
        if len(name) != 7 or name[0] != "r" or not name[1:].isdigit():
            raise Refusal("args", f"{kind}: a name is like r000012")
        files = self._files(kind)
        if files.size(name) is None:
            raise Refusal("missing", f"there is no {kind} {name}")
        return files

    def _is_open(self, kind, name) -> bool:
        run = self._unit.kernel.run
        if kind == "log":
            return run is not None and run.run_id == name
        return self._unit.incidents.name == name

    def _closed(self, kind, name):
        files = self._dir(kind, name)
        if self._is_open(kind, name):
            raise Refusal("state", f"this {kind} is still open")
        return files

    def _stored(self, kind, name):
        path = f"profiles/{name}.json" if kind == "profile" else kind + ".json"
        data = self._unit.store.read_bytes(path)
        if data is None:
            raise Refusal("missing", f"there is no {kind} {name}".strip())
        return data

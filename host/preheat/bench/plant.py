"""A thermal plant: heat capacities joined by conduction and radiation, one heater, lagging probes.

Pure arithmetic that runs on both Pythons. It knows nothing of pins, relays or chips: it is told
how much heater power arrives and answers with temperatures and an energy account.
"""

KELVIN = 273.15
LARGEST_STEP_S = 0.125
HOTTEST_K = 1200.0  # radiation is linearised here when the stable step is chosen
DEAD_TIME_STEP_S = 0.1  # resolution of a probe's dead time


class Loss:
    """Loss of one node to its surroundings, W, from a measured table of (°C, W) rows.

    Between rows it is linear, beyond the ends the last slope goes on. Where the table's loss is
    zero was ambient when it was measured; another ambient temperature shifts the table.
    """

    __slots__ = ("_i", "_rows", "_shift_c", "steepest_w_k")

    def __init__(self, table, ambient_c):
        rows = [(float(c), float(w)) for c, w in table]
        self._rows = []
        for (c0, w0), (c1, w1) in zip(rows, rows[1:]):
            self._rows.append((c0, c1, w0, (w1 - w0) / (c1 - c0)))
        c0, _, w0, slope = next(row for row in self._rows if row[3] > 0)
        self._shift_c = c0 - w0 / slope - ambient_c
        self.steepest_w_k = max(row[3] for row in self._rows)
        self._i = 0

    def watts(self, temp_c):
        """Loss in W at temp_c."""
        x = temp_c + self._shift_c
        rows = self._rows
        i = self._i
        while x > rows[i][1] and i < len(rows) - 1:
            i += 1
        while x < rows[i][0] and i > 0:
            i -= 1
        self._i = i  # the next question is nearly always about the same piece
        c0, _, w0, slope = rows[i]
        return w0 + (x - c0) * slope


class Probe:
    """A thermocouple junction: one node seen through a dead time, then a first-order lag."""

    __slots__ = ("dead", "lag_s", "node", "noise_c", "role", "seen_c", "spikes_per_min", "temp_c")

    def __init__(self, row, node, start_c):
        self.role = row["role"]
        self.node = node  # index of its node
        self.lag_s = max(float(row.get("lag_s", 0)), 0.0)
        self.noise_c = float(row.get("noise_c", 0))
        self.spikes_per_min = float(row.get("spikes_per_min", 0))
        steps = int(float(row.get("dead_time_s", 0)) / DEAD_TIME_STEP_S + 0.5)
        self.dead = [start_c] * steps  # a ring; the plant keeps one index for all
        self.seen_c = start_c  # after the dead time
        self.temp_c = start_c  # after the lag


class Plant:
    """The plant of one plant file, as the dict that `plantfile.load` returns.

    Temperatures are °C, power W, energy J. `power_w` is what the heater takes with full gain.
    """

    def __init__(self, d):
        nodes = d["node"]
        self.names = [n["name"] for n in nodes]
        self.ambient_c = float(d["ambient"]["c"])
        self.temps_c = [float(n.get("start_c", self.ambient_c)) for n in nodes]
        self.j_k = [float(n["j_k"]) for n in nodes]
        self.loss_w_k = [float(n.get("loss_w_k", 0)) for n in nodes]
        self._tables = []
        for i, n in enumerate(nodes):
            if "loss_table" in n:
                self._tables.append((i, Loss(n["loss_table"], self.ambient_c)))
        self._links = []
        for link in d.get("link", ()):
            a, b = self.names.index(link["a"]), self.names.index(link["b"])
            row = (a, b, float(link.get("w_k", 0)), float(link.get("radiative_w_k4", 0)))
            self._links.append(row)
        self.heater = self.names.index(d["heater"]["node"])
        self.power_w = float(d["heater"]["power_w"])
        self.probes = []
        self.offsets_c = []
        for row in d["probe"]:
            node = self.names.index(row["node"])
            self.probes.append(Probe(row, node, self.temps_c[node]))
            self.offsets_c.append(float(row.get("offset_c", 0)))
        boards = [p.node for p in self.probes if p.role == "board"]
        self.board = boards[0] if boards else self.heater
        self.gain = 1.0
        self.external_w = 0.0  # heat from above, into the board
        self.energy_in_j = 0.0  # heater and external
        self.energy_lost_j = 0.0  # to the surroundings
        self._ring = 0
        self._ring_s = 0.0
        self._choose_step()

    def _choose_step(self):
        conductance = list(self.loss_w_k)
        for i, loss in self._tables:
            conductance[i] += loss.steepest_w_k
        for a, b, w_k, k4 in self._links:
            g = w_k + 4 * k4 * HOTTEST_K * HOTTEST_K * HOTTEST_K
            conductance[a] += g
            conductance[b] += g
        step = LARGEST_STEP_S
        for c, g in zip(self.j_k, conductance):
            if g > 0:
                step = min(step, 0.2 * c / g)
        self.step_s = step

    def step(self, dt_s, heater):
        """Pass dt_s seconds with `heater` (bool, or a share 0..1) of the heater's power."""
        if dt_s <= 0:
            return
        n = max(1, int(dt_s / self.step_s + 0.999))
        h = dt_s / n
        heater_w = self.power_w * self.gain * heater
        for _ in range(n):
            self._substep(h, heater_w)

    def _substep(self, h, heater_w):
        temps = self.temps_c
        ambient_c = self.ambient_c
        flow = []
        lost_w = 0.0
        for i, g in enumerate(self.loss_w_k):
            w = g * (temps[i] - ambient_c) if g else 0.0
            lost_w += w
            flow.append(-w)
        for i, loss in self._tables:
            w = loss.watts(temps[i])
            lost_w += w
            flow[i] -= w
        for a, b, w_k, k4 in self._links:
            w = w_k * (temps[a] - temps[b])
            if k4:
                ka = temps[a] + KELVIN
                kb = temps[b] + KELVIN
                ka *= ka
                kb *= kb
                w += k4 * (ka * ka - kb * kb)
            flow[a] -= w
            flow[b] += w
        flow[self.heater] += heater_w
        flow[self.board] += self.external_w
        self.energy_in_j += h * (heater_w + self.external_w)
        self.energy_lost_j += h * lost_w
        for i, c in enumerate(self.j_k):
            temps[i] += h * flow[i] / c
        self._see(h)

    def _see(self, h):
        """Let every probe follow its node for h seconds."""
        temps = self.temps_c
        pushes = 0
        self._ring_s += h
        while self._ring_s >= DEAD_TIME_STEP_S:
            self._ring_s -= DEAD_TIME_STEP_S
            pushes += 1
        for p in self.probes:
            seen_c = temps[p.node]
            dead = p.dead
            if dead:
                for k in range(pushes):
                    at = (self._ring + k) % len(dead)
                    p.seen_c = dead[at]
                    dead[at] = seen_c
                seen_c = p.seen_c
            if p.lag_s > h:
                p.temp_c += (seen_c - p.temp_c) * h / p.lag_s
            else:
                p.temp_c = seen_c
        self._ring += pushes

    def node_c(self, name):
        """°C of a node by its name; ValueError when there is none."""
        return self.temps_c[self.names.index(name)]

    def probe_c(self, role):
        """°C of the junction of the first probe with this role, offset included, without noise."""
        for p, offset_c in zip(self.probes, self.offsets_c):
            if p.role == role:
                return p.temp_c + offset_c
        raise ValueError("the plant has no probe of role " + role)

    def heater_c(self):
        """°C of the heater node."""
        return self.temps_c[self.heater]

    def board_c(self):
        """°C of the node under the first board probe."""
        return self.temps_c[self.board]

    def stored_j(self):
        """Heat held above ambient, J; changes only by what comes in and what is lost."""
        return sum(c * (t - self.ambient_c) for c, t in zip(self.j_k, self.temps_c))

    def swap_board(self, j_k, temp_c):
        """Lay another board on: new heat capacity, new temperature."""
        self.j_k[self.board] = float(j_k)
        self.temps_c[self.board] = float(temp_c)
        self._choose_step()

    def state(self):
        """All that changes, JSON-able, to carry a plant over a restart of its process."""
        probes = [[p.seen_c, p.temp_c, p.dead] for p in self.probes]
        return {
            "temps_c": self.temps_c, "j_k": self.j_k, "probes": probes,
            "ring": [self._ring, self._ring_s],
            "energy": [self.energy_in_j, self.energy_lost_j],
        }

    def restore(self, state):
        """Take over what `state` returned; the plant file must be the same."""
        self.temps_c = list(state["temps_c"])
        self.j_k = list(state["j_k"])
        self._ring, self._ring_s = state["ring"]
        self.energy_in_j, self.energy_lost_j = state["energy"]
        for p, (seen_c, temp_c, dead) in zip(self.probes, state["probes"]):
            p.seen_c, p.temp_c, p.dead = seen_c, temp_c, list(dead)
        self._choose_step()

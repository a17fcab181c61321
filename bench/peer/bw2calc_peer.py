"""The peer of `tanliu bench footprint` and `montecarlo`: bw2calc 3.1 on the same matrices, in the same run.

Usage: python bw2calc_peer.py FOLDER MODE, MODE footprint or montecarlo. FOLDER holds raw arrays and manifest.json as
bench/peer/bw2calc.ts writes them. Prints one JSON document.
"""
import json
import sys
import time
import warnings
from pathlib import Path

import bw_processing as bwp
import numpy as np
from bw2calc import LCA, IterativeLCA, JacobiGMRESLCA, __version__
from bw2calc.fast_scores import FastScoresOnlyMultiLCA

warnings.filterwarnings("ignore")
FLOW_IDS = 10_000_000
SIGMA = 0.1


def version() -> str:
    return __version__ if isinstance(__version__, str) else ".".join(str(part) for part in __version__)


def load(folder: Path):
    manifest = json.loads((folder / "manifest.json").read_text())
    read = lambda name, dtype: np.fromfile(folder / name, dtype=dtype)
    matrix = lambda name: (
        read(f"{name}.row", np.int32),
        read(f"{name}.column", np.int32),
        read(f"{name}.value", np.float64),
    )
    return manifest, matrix("technosphere"), matrix("biosphere"), read("factors", np.float64), read("reference", np.int32)


def indices(rows, columns):
    array = np.empty(len(rows), dtype=bwp.INDICES_DTYPE)
    array["row"], array["col"] = rows, columns
    return array


def distributions(values, certain):
    array = np.zeros(len(values), dtype=bwp.UNCERTAINTY_DTYPE)
    array["uncertainty_type"] = np.where(certain, 0, 2)
    with np.errstate(divide="ignore"):
        array["loc"] = np.where(certain, values, np.log(np.abs(values)))
    array["scale"] = np.where(certain, np.nan, SIGMA)
    array["shape"] = array["minimum"] = array["maximum"] = np.nan
    array["negative"] = values < 0
    return array


def package(technosphere, biosphere, factors, reference, categories, uncertain):
    """Factors: flows x categories. Uncertain: every off-diagonal entry of A and every characterised entry of B."""
    rows, columns, values = technosphere
    data = bwp.create_datapackage()
    production = rows == reference[columns]
    options = {"distributions_array": distributions(np.abs(values), production | (values == 0))} if uncertain else {}
    data.add_persistent_vector(
        matrix="technosphere_matrix", name="technosphere", indices_array=indices(rows + 1, columns + 1),
        data_array=np.abs(values), flip_array=values < 0, **options,
    )
    flows, activities, emitted = biosphere
    options = {}
    if uncertain:
        characterised = (factors.reshape(-1, categories) != 0).any(axis=1)[flows]
        options["distributions_array"] = distributions(emitted, ~characterised | (emitted == 0))
    data.add_persistent_vector(
        matrix="biosphere_matrix", name="biosphere", indices_array=indices(flows + FLOW_IDS, activities + 1),
        data_array=emitted, **options,
    )
    methods = {}
    table = factors.reshape(-1, categories)
    for category in range(categories):
        used = np.nonzero(table[:, category])[0]
        # The peer refuses a category without a flow; a factor of 0 on any flow stands for it.
        used = used if len(used) else flows[:1]
        data.add_persistent_vector(
            matrix="characterization_matrix", name=f"category {category}", identifier=[f"c{category}"],
            indices_array=indices(used + FLOW_IDS, np.zeros(len(used), dtype=np.int64)),
            data_array=table[used, category], global_index=0,
        )
        methods[category] = (f"c{category}",)
    return data, methods


def median_ms(run, repeats):
    run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - started))
    return float(np.median(times))


def footprint(folder: Path):
    manifest, technosphere, biosphere, factors, reference = load(folder)
    categories, repeats = manifest["categories"], manifest["repeats"]
    data, methods = package(technosphere, biosphere, factors, reference, categories, uncertain=False)
    lca = FastScoresOnlyMultiLCA(
        demands={"one": {1: 1.0}}, method_config={"impact_categories": list(methods.values())},
        data_objs=[data], direction="adjoint",
    )
    lca.calculate()

    def score_all():
        lca.build_precalculated()
        lca.calculate()

    lambda_ms = median_ms(score_all, repeats)
    scores = lca.product_scores.values
    order = np.argsort(lca.product_scores.coords["products"].values)
    scores[:, order].T.astype(np.float64).tofile(folder / "peer_lambda")

    # A new demand of 60 inputs on an unchanged matrix, one category at a time, as a product's footprint asks.
    total = factors.reshape(-1, categories)[:, manifest["total"]].sum(axis=1)
    data, _ = package(technosphere, biosphere, total, reference, 1, uncertain=False)
    single = LCA({1: 1.0}, data_objs=[data])
    single.lci(factorize=True)
    single.lcia()
    n = manifest["activities"]
    demand = {1 + (k * 17) % n: float(k + 1) for k in range(60)}

    def ask():
        single.lci(demand=demand)
        single.lcia_calculation()
        return single.score

    return {"version": version(), "lambda_ms": lambda_ms, "demand_us": 1000 * median_ms(ask, max(repeats, 9))}


def montecarlo(folder: Path):
    manifest, technosphere, biosphere, factors, reference = load(folder)
    data, _ = package(technosphere, biosphere, factors, reference, 1, uncertain=True)
    n = manifest["activities"]
    best = None
    for kind in (IterativeLCA, JacobiGMRESLCA, LCA):
        lca = kind({1 + manifest["demand"]: 1.0}, data_objs=[data], use_distributions=True, seed_override=1)
        lca.lci()
        lca.lcia()
        next(lca)
        scores, started = [], time.perf_counter()
        while time.perf_counter() - started < manifest["seconds"] and len(scores) < 2_000:
            next(lca)
            scores.append(lca.score)
        rate = len(scores) / (time.perf_counter() - started)
        if best is None or rate > best["iterations_per_s"]:
            best = {"iterations_per_s": rate, "solver": kind.__name__, "scores": scores}
    return {"version": version(), "activities": n, **best}


print(json.dumps({"footprint": footprint, "montecarlo": montecarlo}[sys.argv[2]](Path(sys.argv[1]))))

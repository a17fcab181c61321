"""Solves an export of `tanliu background export` with other software and prints how far its scores lie from ours.

Usage: resolve.py matrix-market FOLDER   (scipy: SuperLU with iterative refinement)
       resolve.py datapackage FOLDER     (bw2calc: one demand a product)
"""
import csv
import json
import sys

import numpy as np

CATEGORIES = ["fossil", "land_use", "biogenic_non_co2", "biogenic_co2_emission", "biogenic_co2_uptake"]


def deviation(theirs, ours):
    """Relative where a score is above 1e-12, absolute in units of 1e-6 below."""
    size = np.abs(theirs)
    difference = np.abs(theirs - ours)
    return float(np.where(size > 1e-12, difference / np.maximum(size, 1e-300), difference * 1e6).max())


def matrix_market(folder, rows):
    import scipy.io as io
    import scipy.sparse as sparse
    import scipy.sparse.linalg as linalg

    a = io.mmread(f"{folder}/A.mtx").tocsc()
    b = io.mmread(f"{folder}/B.mtx").tocsc()
    c = io.mmread(f"{folder}/C.mtx").toarray()
    pivot = a.diagonal()
    scaled = (sparse.diags(1 / pivot) @ a.T).tocsc()
    right = (b.T @ c) / pivot[:, None]
    factors = linalg.splu(scaled, diag_pivot_thresh=0, options={"SymmetricMode": True})
    scores = factors.solve(right)
    for _ in range(3):
        scores += factors.solve(right - scaled @ scores)
    gain = abs(sparse.identity(len(pivot)) - a @ sparse.diags(1 / pivot)).tocsc()
    proof = linalg.splu((sparse.identity(len(pivot)) - gain).T.tocsc()).solve(np.ones(len(pivot)))
    ours = np.array([[float(row[name]) for name in CATEGORIES] for row in rows])
    return {
        "products": len(rows),
        "deviation": deviation(scores, ours),
        "proof_least": float(proof.min()),
        "pivots_not_positive": int((pivot <= 0).sum()),
    }


def datapackage(folder, rows):
    import warnings

    warnings.filterwarnings("ignore")
    import bw2calc
    import bw_processing
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.local import LocalFileSystem

    package = bw_processing.load_datapackage(DirFileSystem(path=folder, fs=LocalFileSystem()))
    step = max(1, len(rows) // 200)
    some = rows[::step]
    lca = bw2calc.LCA({int(some[0]["row"]): 1}, data_objs=[package])
    lca.lci()
    lca.lcia()
    theirs = []
    for row in some:
        lca.lcia(demand={int(row["row"]): 1})
        theirs.append(lca.score)
    ours = np.array([float(row["total_kg_co2e"]) for row in some])
    return {"products": len(some), "deviation": deviation(np.array(theirs), ours)}


if __name__ == "__main__":
    form, folder = sys.argv[1:3]
    with open(f"{folder}/scores.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    print(json.dumps({"matrix-market": matrix_market, "datapackage": datapackage}[form](folder, table)))

"""How long pooling 40 studies takes, by each estimator and with all that is said of it, as a ratio to named floors.

    python benchmarks/pooling.py [--runs 200] [--smoke]

Floor: one weighted mean of the 40 effects in a plain Python loop = 1; peer: `statistics.linear_regression` over them.
Goal: all four estimators with floored intervals, and the Q-profile interval of tau2, in <= 5 ms together. `cold` has
to find the quantiles of t and chi-square first, `warm` has them from the run before. The turns of all rows are
interleaved; medians of processor time are compared, which other programs on the machine disturb least.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from statistics import linear_regression, median

from ketlit.synthesis.distributions import chi2_limit, normal_limit, t_limit
from ketlit.synthesis.effects import Effect, generic
from ketlit.synthesis.heterogeneity import heterogeneity
from ketlit.synthesis.pooling import leave_one_out, pool
from ketlit.vocabulary import Tau2Method

STUDIES = 40
GOAL = 5.0  # ms
FLOOR = "weighted mean, plain loop"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--smoke", action="store_true", help="two runs of each, to see that it works")
    options = parser.parse_args()
    report(measure(made_up(), 2 if options.smoke else options.runs))


def made_up() -> list[Effect]:
    """40 effects, always the same, that scatter more than their variances say."""
    return [generic(f"study {n}", (n * 37 % 17) / 10 - 0.8, 0.02 + (n * 13 % 23) / 40) for n in range(STUDIES)]


def measure(effects: list[Effect], runs: int) -> dict[str, float]:
    """Median seconds of each row."""
    yi, errors = [effect.yi for effect in effects], [effect.vi**0.5 for effect in effects]

    def all_estimators() -> None:
        for method in Tau2Method:
            pool(effects, method=method)
        heterogeneity(effects)

    def cold() -> None:
        for quantile in (normal_limit, t_limit, chi2_limit):
            quantile.cache_clear()
        all_estimators()

    rows: dict[str, Callable[[], object]] = {
        FLOOR: partial(weighted_mean, effects),
        "statistics.linear_regression": partial(linear_regression, errors, yi),
        **{f"pool, {method}": partial(pool, effects, method=method) for method in Tau2Method},
        "tau2, I2, H2 with intervals": partial(heterogeneity, effects),
        "all of it, cold": cold,
        "all of it, warm": all_estimators,
        "leave one out, REML": partial(leave_one_out, effects),
    }
    times: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(runs + 1):
        for name, row in rows.items():
            started = time.process_time()
            row()
            took = time.process_time() - started
            if turn:  # the first turn fills caches
                times[name].append(took)
    return {name: median(found) for name, found in times.items()}


def weighted_mean(effects: list[Effect]) -> float:
    total = sums = 0.0
    for effect in effects:
        weight = 1 / effect.vi
        total += weight
        sums += weight * effect.yi
    return sums / total


def report(medians: dict[str, float]) -> None:
    print(f"{'40 studies':<30} {'ms':>8} {'x weighted mean':>16} {'x linear_regression':>20}")
    for name, took in medians.items():
        peer = took / medians["statistics.linear_regression"]
        print(f"{name:<30} {took * 1000:>8.3f} {took / medians[FLOOR]:>16.1f} {peer:>20.1f}")
    print(f"all of it: {medians['all of it, cold'] * 1000:.2f} ms cold (goal <= {GOAL:g})")


if __name__ == "__main__":
    main()

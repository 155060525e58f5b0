"""The tables of one parameter by visit and arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from scoring.endpoint.by_arm.analysis_rows import FILLED, AnalysisRow, NoProgression
from scoring.endpoint.by_arm.ancova import Ancova, ancova, rank_ancova
from scoring.endpoint.by_arm.arms_list import Arms
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable, Row
from scoring.endpoint.by_arm.descriptive import share, summary
from scoring.endpoint.by_arm.linear import Effect
from scoring.endpoint.by_arm.miettinen_nurminen import difference_of_shares
from scoring.endpoint.by_arm.permutation import Permutations
from scoring.endpoint.by_arm.sample import Sample
from scoring.endpoint.by_arm.visits import AnalysisVisit, changes_of, filled_by_arm, later, sample_of

VISIT = ReportColumn("visit", "Visit", "text")
USED = ReportColumn("used", "Values", "text")
ARM = ReportColumn("arm", "Arm", "text")
COMPARED = ReportColumn("compared", "Comparison", "text")
N = ReportColumn("n", "n", "count")
FILLED_SHARE = ReportColumn("filled_share", "Extrapolated", "percent")
LIMITS = (ReportColumn("lower", "95 % from"), ReportColumn("upper", "to"))
P = ReportColumn("p", "p", "p")
REASON = ReportColumn("reason", "Note", "text")
LABELS_OF_PARAMS = {
    "total": "Total score",
    "mtss": "Total score (mTSS)",
    "erosion": "Erosion score",
    "narrowing": "Joint space narrowing score",
}
CRITERION = ReportColumn("criterion", "No progression", "text")


@dataclass(frozen=True)
class ParameterData:
    """What the tables of a parameter are made from."""

    param: str
    visits: Sequence[AnalysisVisit]
    arms: Arms
    permutations: Permutations | None

    @property
    def label(self) -> str:
        """The parameter in words."""
        return LABELS_OF_PARAMS.get(self.param.lower(), self.param)

    @property
    def uses(self) -> Iterator[tuple[AnalysisVisit, str, tuple[AnalysisRow, ...]]]:
        """Every later visit with its values: all, and observed alone."""
        for visit in later(self.visits):
            for used, rows in visit.uses:
                yield visit, used, rows


def tables_of(subject: ParameterData) -> tuple[ReportTable, ...]:
    """All tables of a parameter, models last."""
    return (
        origins(subject),
        values(subject),
        changes(subject),
        shares(subject),
        *models(subject),
        differences(subject),
    )


def origins(subject: ParameterData) -> ReportTable:
    """Where the values of every visit come from, by arm."""
    rows: list[Row] = []
    for visit in later(subject.visits):
        for arm in subject.arms.names:
            own = [row for row in visit.rows if subject.arms.of[row.subject] == arm]
            kept = [row for row in own if row.chg is not None]
            filled = {origin: sum(row.origin == origin for row in kept) for origin in FILLED}
            made = sum(filled.values())
            counts = {"subjects": len(own), "observed": len(kept) - made, **filled, "missing": len(own) - len(kept)}
            rows.append({"visit": visit.name, "arm": arm, **counts, "filled_share": made / len(kept) if kept else None})
    names = ("subjects", "observed", *FILLED, "missing")
    columns = tuple(ReportColumn(name, name.capitalize(), "count") for name in names)
    share_of = ReportColumn("filled_share", "Share not observed", "percent")
    return ReportTable(
        f"{subject.param}_origins",
        "Where the changes come from",
        (VISIT, ARM, *columns, share_of),
        rows,
        ("The share is of the subjects with a change.",),
    )


STATISTICS = ("mean", "lower", "upper", "sd", "minimum", "q1", "median", "q3", "maximum")
LABELS = {"lower": "95 % from", "upper": "to", "sd": "SD", "q1": "Q1", "q3": "Q3"}
DESCRIBED = tuple(ReportColumn(name, LABELS.get(name, name.capitalize())) for name in STATISTICS)


def values(subject: ParameterData) -> ReportTable:
    """Totals by visit and arm, the baseline included."""
    rows: list[Row] = []
    for visit in subject.visits:
        own = [row for row in visit.rows if row.aval is not None]
        sample = sample_of(own, subject.arms, [row.aval for row in own])
        rows.extend(described(sample, {"visit": visit.name}, filled_by_arm(own, subject.arms)))
    return ReportTable(
        f"{subject.param}_values",
        "Values by visit",
        (VISIT, ARM, N, FILLED_SHARE, *DESCRIBED),
        rows,
        ("Extrapolated: the share of values that were extrapolated, carried or interpolated.",),
    )


def changes(subject: ParameterData) -> ReportTable:
    """Changes from baseline by visit and arm, observed beside extrapolated."""
    rows: list[Row] = []
    for visit, used, own in subject.uses:
        sample = changes_of(own, subject.arms)
        rows.extend(described(sample, {"visit": visit.name, "used": used}, filled_by_arm(own, subject.arms)))
    return ReportTable(
        f"{subject.param}_changes",
        "Change from baseline",
        (VISIT, USED, ARM, N, FILLED_SHARE, *DESCRIBED),
        rows,
        ("The interval of the mean is Student's t. Quartiles interpolate between order statistics (R type 7).",),
    )


def described(sample: Sample, about: Row, filled: Mapping[str, int]) -> Iterator[Row]:
    for place, arm in enumerate(sample.arms):
        found = asdict(summary(sample.of(place)))
        made = filled[arm] / found["n"] if found["n"] else None
        yield {**about, "arm": arm, **found, "filled_share": made}


def rows_that_count(rows: Sequence[AnalysisRow], criterion: NoProgression) -> list[AnalysisRow]:
    return [row for row in rows if row.flags.get(criterion, "")]


def shares(subject: ParameterData) -> ReportTable:
    """Shares without progression by every threshold."""
    rows: list[Row] = []
    for visit, used, own in subject.uses:
        for criterion in visit.criteria:
            known = rows_that_count(own, criterion)
            filled = filled_by_arm(known, subject.arms)
            for arm in subject.arms.names:
                flags = [row.flags[criterion] for row in known if subject.arms.of[row.subject] == arm]
                found = share(flags.count("Y"), len(flags))
                about: Row = {
                    "visit": visit.name,
                    "used": used,
                    "criterion": criterion.says,
                    "arm": arm,
                    "n": len(flags),
                }
                made = filled[arm] / len(flags) if flags else None
                rows.append({**about, "without": flags.count("Y"), **interval(found, "share"), "filled_share": made})
    columns = (ReportColumn("without", "Without", "count"), ReportColumn("share", "Share", "percent"))
    limits = (ReportColumn("lower", "95 % from", "percent"), ReportColumn("upper", "to", "percent"))
    return ReportTable(
        f"{subject.param}_shares",
        "Subjects without progression",
        (VISIT, USED, CRITERION, ARM, N, FILLED_SHARE, *columns, *limits, REASON),
        rows,
        ("Intervals are Wilson's. Subjects whose change or threshold is missing are not counted.",),
    )


def differences(subject: ParameterData) -> ReportTable:
    """Differences of shares without progression, stratified by the factors."""
    rows: list[Row] = []
    for visit, used, own in subject.uses:
        for criterion in visit.criteria:
            known = rows_that_count(own, criterion)
            sample = sample_of(known, subject.arms, [float(row.flags[criterion] == "Y") for row in known])
            for place in range(1, len(sample.arms)):
                found = share_difference(sample, place)
                about: Row = {"visit": visit.name, "used": used, "criterion": criterion.says}
                compared = {**arms_compared(sample, place), "n": number_compared(sample, place)}
                filled = shares_filled(known, subject.arms, place)
                rows.append({**about, **compared, **interval(found, "difference"), "p": found.p, **filled})
    difference = ReportColumn("difference", "Difference", "percent")
    limits = (ReportColumn("lower", "95 % from", "percent"), ReportColumn("upper", "to", "percent"))
    return ReportTable(
        f"{subject.param}_share_differences",
        "Difference in the shares without progression",
        (VISIT, USED, CRITERION, COMPARED, N, *FILLED_PAIR, difference, *limits, P, REASON),
        rows,
        ("Miettinen and Nurminen's score interval and test, strata of the factors weighted by n1 n0 / (n1 + n0).",),
    )


def share_difference(sample: Sample, place: int) -> Effect:
    """Share of an arm minus that of the reference, over the strata."""
    strata = sample.strata
    counts = []
    for stratum in sorted(set(strata.tolist())):
        here = strata == stratum
        one, other = sample.values[here & (sample.arm == place)], sample.values[here & (sample.arm == 0)]
        counts.append([one.sum(), len(one), other.sum(), len(other)])
    if not counts:
        return Effect(reason="no subject has a value")
    return difference_of_shares(counts)


FILLED_PAIR = (
    ReportColumn("filled_arm", "Extrapolated, arm", "percent"),
    ReportColumn("filled_reference", "Extrapolated, reference", "percent"),
)


def shares_filled(rows: Sequence[AnalysisRow], arms: Arms, place: int) -> Row:
    """The shares that were not observed in an arm and in the reference."""
    counts = filled_by_arm(rows, arms)
    found: Row = {}
    for key, arm in (("filled_arm", arms.names[place]), ("filled_reference", arms.reference)):
        n = sum(arms.of[row.subject] == arm for row in rows)
        found[key] = counts[arm] / n if n else None
    return found


def arms_compared(sample: Sample, place: int) -> Row:
    return {"compared": f"{sample.arms[place]} minus {sample.arms[0]}"}


def number_compared(sample: Sample, place: int) -> int:
    return int(((sample.arm == place) | (sample.arm == 0)).sum())


def interval(found: Effect, name: str) -> Row:
    return {name: found.estimate, "lower": found.lower, "upper": found.upper, "reason": found.reason}


def models(subject: ParameterData) -> Iterator[ReportTable]:
    """Least-squares means, their differences, and the rank analysis."""
    means: list[Row] = []
    compared: list[Row] = []
    ranked: list[Row] = []
    for visit, used, own in subject.uses:
        sample = changes_of(own, subject.arms)
        about: Row = {"visit": visit.name, "used": used}
        found, on_ranks = ancova(sample, subject.permutations), rank_ancova(sample)
        filled = filled_by_arm(own, subject.arms)
        means.extend(mean_rows(sample, found, about, filled))
        for place in range(1, len(sample.arms)):
            pair = {**about, **arms_compared(sample, place), **shares_filled(own, subject.arms, place)}
            compared.append({**pair, **effect_row(found, place), "permutation": found.permutation[place - 1]})
            ranked.append({**pair, **effect_row(on_ranks, place)})
    yield from model_tables(subject, means, compared, ranked)


def mean_rows(sample: Sample, found: Ancova, about: Row, filled: Mapping[str, int]) -> Iterator[Row]:
    for place, (arm, mean) in enumerate(zip(sample.arms, found.means, strict=True)):
        n, every = int((sample.modelled.arm == place).sum()), len(sample.of(place))
        made = filled[arm] / every if every else None
        yield {**about, "arm": arm, "n": n, **interval(mean, "mean"), "se": mean.se, "filled_share": made}


def effect_row(found: Ancova, place: int) -> Row:
    effect = found.differences[place - 1]
    return {"n": found.n, **interval(effect, "difference"), "se": effect.se, "df": effect.df, "p": effect.p}


def model_tables(
    subject: ParameterData, means: list[Row], compared: list[Row], ranked: list[Row]
) -> Iterator[ReportTable]:
    model = "Change = arm + status baseline" + "".join(f" + {name}" for name in subject.arms.factors)
    se, df = ReportColumn("se", "SE"), ReportColumn("df", "df", "count")
    difference = ReportColumn("difference", "Difference")
    pair = (VISIT, USED, COMPARED, N, *FILLED_PAIR, difference, se, df, *LIMITS, P)
    yield ReportTable(
        f"{subject.param}_ls_means",
        "Least-squares means of the change",
        (VISIT, USED, ARM, N, FILLED_SHARE, ReportColumn("mean", "LS mean"), se, *LIMITS, REASON),
        means,
        (f"{model}; at the mean baseline, levels of a factor weighted equally. Standard errors are HC3.",),
    )
    tested = permutation_note(subject.permutations)
    yield ReportTable(
        f"{subject.param}_ls_differences",
        "Differences of the least-squares means",
        (*pair, ReportColumn("permutation", "Permutation p", "p"), REASON),
        compared,
        (f"{model}; HC3. {tested}",),
    )
    yield ReportTable(
        f"{subject.param}_rank_ancova",
        "Rank analysis of covariance",
        (*pair, REASON),
        ranked,
        ("The same model on mid-ranks of change and status baseline: the difference is in mean ranks.",),
    )


def permutation_note(permutations: Permutations | None) -> str:
    if permutations is None:
        return "No permutation test was done."
    strata = "arms reassigned at random within each combination of factor levels"
    return f"Permutation p: {permutations.number} permutations, {strata}, seed {permutations.seed}."

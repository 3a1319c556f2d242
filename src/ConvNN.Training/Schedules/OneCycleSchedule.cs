using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// A rate that rises from a small one to the learning rate and falls to a much smaller one, once in the run (Smith and
/// Topin, arXiv:1708.07120; PyTorch <c>OneCycleLR</c>, the momentum left as it is).
/// </summary>
public sealed record OneCycleSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "onecycle",
        "A learning rate that rises once, then falls to almost zero.",
        () => new OneCycleSchedule(),
        [
            Option.Of("Rise", ValueKinds.Share, (OneCycleSchedule o) => o.Rise, (o, v) => o with { Rise = v }, "fraction of the steps in which the rate rises"),
            Option.Of("Initial", ValueKinds.Share, (OneCycleSchedule o) => o.Initial, (o, v) => o with { Initial = v }, "initial rate, as a fraction of the learning rate"),
            Option.Of("Final", ValueKinds.Share, (OneCycleSchedule o) => o.Final, (o, v) => o with { Final = v }, "final rate, as a fraction of the learning rate"),
            Option.Of("Linear", ValueKinds.Boolean, (OneCycleSchedule o) => o.Linear, (o, v) => o with { Linear = v }, "whether the rate changes linearly instead of along a cosine"),
            WarmupOption,
        ]);

    /// <summary>Share of the steps in which the rate rises, in [0, 1).</summary>
    public double Rise { get; init => field = Checked(value); } = 0.3;

    /// <summary>The first rate, as a share of the highest; PyTorch's 1 / <c>div_factor</c>.</summary>
    public double Initial { get; init => field = Checked(value); } = 0.04;

    /// <summary>The last rate, as a share of the highest; PyTorch's 1 / (<c>div_factor</c> · <c>final_div_factor</c>).</summary>
    public double Final { get; init => field = Checked(value); } = 4e-6;

    /// <summary>Whether the rate changes evenly, and not along a cosine.</summary>
    public bool Linear { get; init; }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool DependsOnEpochs => true;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment)
    {
        double peak = Math.Max(0, (Rise * moment.Steps) - 1);
        double last = moment.Steps - 1;
        return moment.Step < peak ? Between(Initial, 1, moment.Step / peak)
            : last > peak ? Between(1, Final, (moment.Step - peak) / (last - peak))
            : 1;
    }

    private double Between(double from, double to, double share) => Linear
        ? from + ((to - from) * share)
        : to + ((from - to) * (1 + Elementary.Cos(Math.PI * share)) / 2);
}

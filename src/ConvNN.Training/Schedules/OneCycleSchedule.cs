using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// A rate that rises from a small one to the learning rate and falls to a much smaller one, once in the run (Smith and
/// Topin, arXiv:1708.07120; PyTorch <c>OneCycleLR</c>, the momentum left as it is).
/// </summary>
public sealed record OneCycleSchedule : ScheduleOptions
{
    private const string RiseKey = "Rise";
    private const string InitialKey = "Initial";
    private const string FinalKey = "Final";
    private const string LinearKey = "Linear";

    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "onecycle",
        "A learning rate that rises once and falls to almost nothing.",
        [
            OptionSpec.Number(RiseKey, "share of the steps in which it rises", minimum: 0, below: 1, otherwise: 0.3),
            OptionSpec.Number(InitialKey, "share of the rate at the beginning", minimum: 0, below: 1, otherwise: 0.04),
            OptionSpec.Number(FinalKey, "share of the rate at the end", minimum: 0, below: 1, otherwise: 4e-6),
            OptionSpec.Boolean(LinearKey, "whether it changes evenly, and not along a cosine", otherwise: false),
            WarmupSpec,
        ],
        values => new OneCycleSchedule
        {
            Rise = values.Get<double>(RiseKey),
            Initial = values.Get<double>(InitialKey),
            Final = values.Get<double>(FinalKey),
            Linear = values.Get<bool>(LinearKey),
            Warmup = values.Get<double>(WarmupKey),
        });

    /// <summary>Share of the steps in which the rate rises, in [0, 1).</summary>
    public double Rise { get; init; } = 0.3;

    /// <summary>The first rate, as a share of the highest; PyTorch's 1 / <c>div_factor</c>.</summary>
    public double Initial { get; init; } = 0.04;

    /// <summary>The last rate, as a share of the highest; PyTorch's 1 / (<c>div_factor</c> · <c>final_div_factor</c>).</summary>
    public double Final { get; init; } = 4e-6;

    /// <summary>Whether the rate changes evenly, and not along a cosine.</summary>
    public bool Linear { get; init; }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool DependsOnEpochs => true;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
        [new(RiseKey, Rise), new(InitialKey, Initial), new(FinalKey, Final), new(LinearKey, Linear), .. base.Values];

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

using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>A rate that drops now and then, <c>factor^⌊epochs / every⌋</c> (PyTorch <c>StepLR</c>).</summary>
public sealed record StepSchedule : ScheduleOptions
{
    private const string EveryKey = "Every";
    private const string FactorKey = "Factor";

    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "step",
        "A learning rate that is multiplied by a factor every so many epochs.",
        [
            OptionSpec.Number(EveryKey, "epochs after which the rate drops, again and again", minimum: 0.001, below: 1_000_000, isRequired: true),
            OptionSpec.Number(FactorKey, "what the rate is multiplied by", minimum: 0, below: 1, otherwise: 0.1),
            WarmupSpec,
        ],
        values => new StepSchedule { Every = values.Get<double>(EveryKey), Factor = values.Get<double>(FactorKey), Warmup = values.Get<double>(WarmupKey) });

    /// <summary>Epochs between two drops; above 0.</summary>
    public required double Every { get; init; }

    /// <summary>What the rate is multiplied by, in [0, 1).</summary>
    public double Factor { get; init; } = 0.1;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new(EveryKey, Every), new(FactorKey, Factor), .. base.Values];

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, Math.Floor(moment.Epochs / Every));
}

using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>A rate that falls by the same share in each epoch, evenly from step to step: <c>factor^epochs</c> (PyTorch's <c>ExponentialLR</c> at the beginning of each epoch).</summary>
public sealed record ExponentialSchedule : ScheduleOptions
{
    private const string FactorKey = "Factor";

    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "exponential",
        "A learning rate that falls by the same share in each epoch.",
        [OptionSpec.Number(FactorKey, "what the rate is multiplied by in an epoch", minimum: 1e-6, below: 1, otherwise: 0.9), WarmupSpec],
        values => new ExponentialSchedule { Factor = values.Get<double>(FactorKey), Warmup = values.Get<double>(WarmupKey) });

    /// <summary>What the rate is multiplied by in an epoch, in (0, 1).</summary>
    public double Factor { get; init; } = 0.9;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values => [new(FactorKey, Factor), .. base.Values];

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, moment.Epochs);
}

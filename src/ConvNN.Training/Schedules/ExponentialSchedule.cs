using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>A rate that falls by the same share in each epoch, evenly from step to step: <c>factor^epochs</c> (PyTorch's <c>ExponentialLR</c> at the beginning of each epoch).</summary>
public sealed record ExponentialSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "exponential",
        "A learning rate that falls by the same factor in each epoch.",
        () => new ExponentialSchedule(),
        [Option.Of("Factor", ValueKinds.Number(NumberRange.AtLeast(1e-6).Below(1)), (ExponentialSchedule o) => o.Factor, (o, v) => o with { Factor = v }, "factor by which the rate changes in an epoch"), WarmupOption]);

    /// <summary>What the rate is multiplied by in an epoch, in (0, 1).</summary>
    public double Factor { get; init => field = Checked(value); } = 0.9;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, moment.Epochs);
}

using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>A rate that drops now and then, <c>factor^⌊epochs / every⌋</c> (PyTorch <c>StepLR</c>).</summary>
public sealed record StepSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "step",
        "A learning rate that is multiplied by a factor at a fixed interval of epochs.",
        () => new StepSchedule { Every = 1 },
        [
            Option.Of("Every", ValueKinds.Number(NumberRange.AtLeast(0.001).Below(1_000_000)), (StepSchedule o) => o.Every, (o, v) => o with { Every = v }, "number of epochs between drops of the rate") with { IsRequired = true },
            Option.Of("Factor", ValueKinds.Share, (StepSchedule o) => o.Factor, (o, v) => o with { Factor = v }, "factor by which the rate is multiplied at each drop"),
            WarmupOption,
        ]);

    /// <summary>Epochs between two drops; above 0.</summary>
    public required double Every { get; init => field = Checked(value); }

    /// <summary>What the rate is multiplied by, in [0, 1).</summary>
    public double Factor { get; init => field = Checked(value); } = 0.1;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, Math.Floor(moment.Epochs / Every));
}

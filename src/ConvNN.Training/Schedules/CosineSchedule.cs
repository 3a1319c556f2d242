using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// A rate that falls along half a cosine, <c>final + (1 − final) · (1 + cos(π·p)) / 2</c> with p the share of the cycle
/// that is over, and starts anew in each cycle: SGDR (Loshchilov and Hutter, arXiv:1608.03983; PyTorch
/// <c>CosineAnnealingLR</c> and, with several cycles, <c>CosineAnnealingWarmRestarts</c>).
/// </summary>
public sealed record CosineSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "cosine",
        "A learning rate that falls along half a cosine, once or with restarts.",
        () => new CosineSchedule(),
        [
            Option.Of("Cycles", ValueKinds.Count, (CosineSchedule o) => o.Cycles, (o, v) => o with { Cycles = v }, "number of cycles; each cycle after the first is a restart"),
            Option.Of("Stretch", ValueKinds.Number(NumberRange.AtLeast(1).Below(100)), (CosineSchedule o) => o.Stretch, (o, v) => o with { Stretch = v }, "length of each cycle relative to the one before"),
            Option.Of("Final", ValueKinds.Share, (CosineSchedule o) => o.Final, (o, v) => o with { Final = v }, "rate at the end of a cycle, as a fraction of the learning rate"),
            WarmupOption,
        ]);

    /// <summary>Cycles, together as long as the run; at least 1.</summary>
    public int Cycles { get; init => field = Checked(value); } = 1;

    /// <summary>The length of a cycle, in lengths of the one before; at least 1.</summary>
    public double Stretch { get; init => field = Checked(value); } = 1;

    /// <summary>The rate at the end of a cycle, as a share of that at its beginning, in [0, 1).</summary>
    public double Final { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool DependsOnEpochs => true;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment)
    {
        double share = Stretch == 1
            ? (double)moment.Step * Cycles % moment.Steps / moment.Steps
            : ShareOfStretched(moment.Step, moment.Steps);
        return Final + ((1 - Final) * (1 + Elementary.Cos(Math.PI * share)) / 2);
    }

    /// <summary>How much of its cycle is over, where cycles have lengths L, L·s, L·s², … that add up to all steps.</summary>
    private double ShareOfStretched(long step, long steps)
    {
        double length = steps * (Stretch - 1) / (Elementary.Pow(Stretch, Cycles) - 1);
        double into = step;
        for (int cycle = 1; cycle < Cycles && into >= length; cycle++)
        {
            into -= length;
            length *= Stretch;
        }

        return Math.Min(1, into / length);
    }
}

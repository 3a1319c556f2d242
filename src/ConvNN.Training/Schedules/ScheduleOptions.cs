using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// How the learning rate changes from step to step: section <c>Training:Schedule</c>, or an object in code. A name
/// converts to it. A pure function of the place in the run, in double with our own elementary functions.
/// </summary>
public abstract record ScheduleOptions : TypedOptions
{
    /// <summary>The option that every schedule has.</summary>
    protected static readonly Option WarmupOption = Option.Of(
        "Warmup",
        ValueKinds.Number(NumberRange.AtLeast(0).Below(1_000_000)),
        (ScheduleOptions o) => o.Warmup,
        (o, v) => o with { Warmup = v },
        "epochs of linear warm-up before the schedule begins");

    /// <summary>Epochs, also fractions of one, in which the rate rises evenly (PyTorch <c>LinearLR</c>; Goyal et al., arXiv:1706.02677).</summary>
    public double Warmup { get; init => field = Checked(value); }

    /// <summary>Whether it looks at the validation part, which there must be then.</summary>
    public virtual bool NeedsValidation => false;

    /// <summary>Whether the rates of a run's first epochs depend on how many it has in all, so that it cannot go on for more.</summary>
    public virtual bool DependsOnEpochs => false;

    /// <inheritdoc/>
    protected override string Section => ScheduleRegistry.Types.Path;

    /// <summary>The schedule of a name, with its defaults.</summary>
    /// <param name="name">A registered name: <c>cosine</c>.</param>
    /// <exception cref="ConfigurationException">No schedule has the name, or it cannot do without options.</exception>
    public static implicit operator ScheduleOptions(string name) => ScheduleRegistry.Types.Find(name);

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="moment">Where the run stands.</param>
    public abstract double FactorAt(in ScheduleMoment moment);
}

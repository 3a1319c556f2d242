using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>The same learning rate in every step, but for a warm-up.</summary>
public sealed record ConstantSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "constant",
        "The same learning rate in every step.",
        () => new ConstantSchedule(),
        [WarmupOption]);

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => 1;
}

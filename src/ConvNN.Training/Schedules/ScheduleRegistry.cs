using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>The schedules that a configuration can name. A new schedule is one line here.</summary>
public static class ScheduleRegistry
{
    /// <summary>All of them.</summary>
    public static TypeRegistry<ScheduleOptions> Types { get; } = new(
        "Training:Schedule",
        "schedule",
        ConstantSchedule.Registration,
        StepSchedule.Registration,
        ExponentialSchedule.Registration,
        CosineSchedule.Registration,
        OneCycleSchedule.Registration,
        PlateauSchedule.Registration);
}

namespace ConvNN.Training.Schedules;

/// <summary>Where a run stands, as its schedule sees it: after the warm-up.</summary>
/// <param name="Step">Steps taken before this one, from 0.</param>
/// <param name="Steps">Steps of the whole run; at least 1.</param>
/// <param name="Epochs">Epochs before this step, with fractions.</param>
/// <param name="Reductions">How often validation has stood still so long that the rate was reduced.</param>
public readonly record struct ScheduleMoment(long Step, long Steps, double Epochs, int Reductions);

namespace ConvNN.Training.Progress;

/// <summary>
/// Something that happened in a run, for whoever wants to show it. Events are dropped, oldest first, when nobody reads
/// them: they never hold up training.
/// </summary>
public abstract record TrainingEvent;

namespace ConvNN.Training.Progress;

/// <summary>
/// Something that happened in a run, for a log or a display. When nobody reads events, the oldest are dropped, so that they
/// never hold up training.
/// </summary>
public abstract record TrainingEvent;

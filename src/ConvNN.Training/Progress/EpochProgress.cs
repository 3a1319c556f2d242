namespace ConvNN.Training.Progress;

/// <summary>The progress of an unfinished epoch; its result starts from these values when it continues.</summary>
/// <param name="Steps">Steps finished in it.</param>
/// <param name="Samples">Samples seen; the epoch continues with the next in its order.</param>
/// <param name="Correct">Samples whose class the network chose.</param>
/// <param name="LossSum">Sum of the losses, in sample order.</param>
/// <param name="Elapsed">Wall time of the steps.</param>
public readonly record struct EpochProgress(long Steps, int Samples, int Correct, double LossSum, TimeSpan Elapsed);

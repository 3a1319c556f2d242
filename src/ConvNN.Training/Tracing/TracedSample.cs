namespace ConvNN.Training.Tracing;

/// <summary>A sample of the step.</summary>
/// <param name="Index">Its index in the dataset.</param>
/// <param name="Label">Its class.</param>
/// <param name="Prediction">The class that the network chose.</param>
/// <param name="Loss">Its loss, in nats.</param>
public readonly record struct TracedSample(int Index, int Label, int Prediction, float Loss);

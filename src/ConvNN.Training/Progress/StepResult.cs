namespace ConvNN.Training.Progress;

/// <summary>A training step that was recorded.</summary>
/// <param name="Step">Its number in the run, from 1.</param>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Loss">The mean loss over its batch, in nats.</param>
/// <param name="Accuracy">The share of right answers in its batch, with dropout on.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="GradientNorm">The Euclidean norm of its mean gradient, before clipping.</param>
/// <param name="ImagesPerSecond">Images per second since the previous recorded step, or since the epoch began or was resumed.</param>
public readonly record struct StepResult(
    long Step, int Epoch, double Loss, double Accuracy, double LearningRate, double GradientNorm, double ImagesPerSecond);

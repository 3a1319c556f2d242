namespace ConvNN.Training.Pipeline;

/// <summary>One step to compute.</summary>
/// <param name="Batch">Its samples.</param>
/// <param name="Source">The source of the pass that the step belongs to.</param>
/// <param name="Number">Its number since the pipeline was created, from 1, including evaluation steps.</param>
/// <param name="TrainingNumber">Its number among the training steps, from 1; in an evaluation, that of the last training step.</param>
/// <param name="LearningRate">The learning rate; ignored in an evaluation.</param>
public readonly record struct StepJob(MiniBatch Batch, IBatchSource Source, long Number, long TrainingNumber, float LearningRate);

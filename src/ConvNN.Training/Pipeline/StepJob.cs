namespace ConvNN.Training.Pipeline;

/// <summary>What a step works on.</summary>
/// <param name="Batch">Its samples.</param>
/// <param name="Source">The pass that they belong to.</param>
/// <param name="Number">Its number in the life of the pipeline, from 1, evaluations counted.</param>
/// <param name="TrainingNumber">Its number among the training steps, from 1; that of the last one in an evaluation.</param>
/// <param name="LearningRate">The learning rate; of no meaning in an evaluation.</param>
public readonly record struct StepJob(MiniBatch Batch, IBatchSource Source, long Number, long TrainingNumber, float LearningRate);

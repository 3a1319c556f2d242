using ConvNN.Model;

namespace ConvNN.Training.Pipeline.Supervision;

/// <summary>A block of the pipeline failed: the first failure of the run, with block, step and leaves.</summary>
/// <param name="message">Where and what.</param>
/// <param name="innerException">What was thrown there.</param>
public sealed class PipelineException(string message, Exception innerException) : ConvNNException(message, innerException);

using ConvNN.Model;
using ConvNN.Training.Options;

namespace ConvNN.Training.Pipeline.Supervision;

/// <summary>No block has finished anything for <see cref="PipelineOptions.StallTimeout"/>: who holds which shard, and how long every queue is.</summary>
/// <param name="message">The report.</param>
public sealed class StallException(string message) : ConvNNException(message);

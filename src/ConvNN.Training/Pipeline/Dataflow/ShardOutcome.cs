namespace ConvNN.Training.Pipeline.Dataflow;

/// <summary>What a worker sends to the reducer: its computed shard, or the reason why it could not be computed.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Failure">What was thrown; null when all is well.</param>
internal readonly record struct ShardOutcome(Shard Shard, Exception? Failure);

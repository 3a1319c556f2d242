using ConvNN.Model.Parameters;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Pipeline.OwnedRows;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// How the workers of a step get from samples to new weights: what each computes, and what has to come together. Every
/// exchange gives the one sum, so that none changes a bit.
/// </summary>
internal interface IGradientExchange
{
    /// <summary>Where the weights lie.</summary>
    ParameterLayout Layout { get; }

    /// <summary>The shards of a step, one for each block of stage <c>workers</c>; used again in every step.</summary>
    IReadOnlyList<Shard> Shards { get; }

    /// <summary>Begins a step: divides its samples among the shards. Nothing of it may be on its way yet.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The shards that the reducer will hear of.</returns>
    int Begin(StepJob step);

    /// <summary>A worker's part of the step; the batch receives losses and predictions. All shards that have samples are computed at a time.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="lane">The worker's clock, which stands still while it waits for others.</param>
    /// <returns>Whether the reducer is to hear of it: of each shard, or of the last where workers have met already.</returns>
    /// <exception cref="StepAbortedException">Another worker has failed.</exception>
    bool Compute(Shard shard, StageLane lane);

    /// <summary>Finishes a training step when all shards are computed: the weights are those behind it, or, if its gradient is not finite, still those before it.</summary>
    /// <returns>The first element of the gradient that is not finite; −1 when all are.</returns>
    int Finish();

    /// <summary>Sends workers home that wait for others: the pass has failed.</summary>
    void Abort();
}

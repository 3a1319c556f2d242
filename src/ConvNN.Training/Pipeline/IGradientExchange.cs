using ConvNN.Model.Parameters;
using ConvNN.Training.Pipeline.Clocks;
using ConvNN.Training.Pipeline.OwnFeatures;

namespace ConvNN.Training.Pipeline;

/// <summary>
/// How the workers of a step get from samples to new weights: what each of them computes, and how their gradients come
/// together. Every exchange gives the bits of <see cref="StepDefinition"/>.
/// </summary>
internal interface IGradientExchange
{
    /// <summary>The layout of the weights.</summary>
    ParameterLayout Layout { get; }

    /// <summary>The shards of a step, one for each block of stage <c>workers</c>; used again in every step.</summary>
    IReadOnlyList<Shard> Shards { get; }

    /// <summary>Begins a step: divides its samples among the shards. No shard of it may have been sent yet.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The number of shards that the reducer will receive.</returns>
    int Begin(StepJob step);

    /// <summary>Computes a worker's part of the step; the batch receives losses and predictions. All shards with samples are computed concurrently.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="lane">The worker's clock, which is paused while it waits for other workers.</param>
    /// <returns>Whether the shard is to be sent to the reducer: every shard, or only the last one if the workers have already met.</returns>
    /// <exception cref="StepAbortedException">Another worker has failed.</exception>
    bool Compute(Shard shard, StageLane lane);

    /// <summary>
    /// Whether the workers of a step go on to the next together, without messages, while batches are ready. The last one to finish a
    /// step then ends it and begins the next.
    /// </summary>
    bool GoesOn { get; }

    /// <summary>Lets the workers of an ended step go on to the next, or not; called by the one to whom <see cref="Compute"/> returned true.</summary>
    /// <param name="goesOn">Whether the next step has begun.</param>
    void Release(bool goesOn);

    /// <summary>Waits until the step has been ended.</summary>
    /// <param name="shard">The worker's shard.</param>
    /// <returns>Whether the next step has begun.</returns>
    bool AwaitEnd(Shard shard);

    /// <summary>Completes the step's batch, after all shards are computed, with the losses and predictions of other ranks.</summary>
    /// <exception cref="Cluster.ClusterException">Ranks do not answer.</exception>
    void Share();

    /// <summary>
    /// Writes the weights that members keep in memory of their own back among all weights, from where they take them again in the next step.
    /// It is called between two steps before the weights are read or changed, and after a pass.
    /// </summary>
    void Gather();

    /// <summary>Gives each rank all weights and the optimizer's whole state, of which it may have owned a part. All ranks call it after the same step.</summary>
    /// <exception cref="Cluster.ClusterException">Ranks do not answer.</exception>
    void Complete();

    /// <summary>Finishes a training step after all shards are computed: updates what the workers have not, all weights with full gradients and the running statistics; changes nothing if the gradient is not finite.</summary>
    /// <returns>The first element of the gradient that is not finite; −1 when all are.</returns>
    int Finish();

    /// <summary>Releases workers that wait for others, because the pass has failed.</summary>
    void Abort();
}

using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels;
using ConvNN.Model.Inspection;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Inspection;

/// <summary>
/// Looks at the layers after an epoch: runs its first batches once more, with the same augmentation and dropout, through the
/// weights that it ended with. Neither weights nor random numbers change by it, and its figures do not depend on workers,
/// kernels or where a run was resumed.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="images">The training part.</param>
/// <param name="loss">The loss of the run.</param>
/// <param name="training">Batch size, seed and augmentation.</param>
/// <param name="pipeline">Leaves and kernels.</param>
public sealed class EpochInspector(Network network, ImageDataset images, ILoss loss, TrainingOptions training, PipelineOptions pipeline)
{
    /// <summary>
    /// Images, at least, in whole batches: a unit that is 0 for all of them will hardly be anything else for others. Of a larger batch,
    /// the first ones.
    /// </summary>
    public const int EnoughSamples = 256;

    private readonly int _batchSize = BatchSizeOf(training);
    private readonly KernelSet _kernels = KernelSet.For(pipeline.Kernels ?? KernelSet.BestTier);
    private LayerInspector? _layers;

    /// <summary>The memory of an inspection, in bytes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">The batch size.</param>
    /// <param name="plan">The kernels.</param>
    internal static long Bytes(Network network, TrainingOptions training, PipelinePlan plan) =>
        LayerInspector.Bytes(network, BatchSizeOf(training), plan.Kernels);

    /// <summary>Looks at the layers.</summary>
    /// <param name="epoch">The epoch that has ended, from 1.</param>
    /// <param name="weights">The flat buffer of all weights; read only.</param>
    public LayersInspected Inspect(int epoch, ReadOnlySpan<float> weights)
    {
        // Allocated on first use: most runs never inspect layers.
        _layers ??= new LayerInspector(network, loss, _batchSize, pipeline.LeavesFor(training.BatchSize, network), _kernels);
        _layers.Clear();
        BatchSource source = BatchSource.Training(images, training.Seed, epoch, _batchSize);
        MiniBatch batch = new(network.Input, _batchSize, _kernels.Tier);
        IAugmentation? augmentation = training.Augmentation.Create(network.Input, training.Seed);
        while (_layers.Samples < EnoughSamples && source.TryFill(batch))
        {
            batch.Load(0, batch.Count, augmentation, epoch);
            _layers.Add(new SampleRun
            {
                Images = batch.Images,
                Labels = batch.Labels,
                Indices = batch.Indices,
                Weights = weights,
                IsTraining = true,
                Seed = training.Seed,
                Epoch = epoch,
            });
        }

        return new LayersInspected(epoch, _layers.Samples, _layers.Read(weights));
    }

    private static int BatchSizeOf(TrainingOptions training) => Math.Min(training.BatchSize, EnoughSamples);
}

using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Kernels.Functions;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Training.Metrics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Dataflow;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>
/// Looks for a learning rate: trains some steps, each with a higher rate than the one before, and watches the loss (Smith,
/// arXiv:1506.01186). It has weights of its own; those of no run change.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="data">The data.</param>
/// <param name="training">What is learnt; its learning rate and schedule are not looked at.</param>
/// <param name="pipeline">How the work is done.</param>
public sealed class LearningRateFinder(Network network, DatasetPair data, TrainingOptions training, PipelineOptions pipeline)
{
    // Far beyond the best loss nothing is learnt any more.
    private const double Blown = 4;

    /// <summary>Measures the run.</summary>
    public TrainingMeter Meter { get; init; } = TrainingMeter.Shared;

    /// <summary>Trains until the loss is far beyond its best, or all rates are through.</summary>
    /// <param name="from">The lowest rate.</param>
    /// <param name="to">The highest rate.</param>
    /// <param name="steps">Steps between them; at least 2.</param>
    /// <param name="cancellationToken">Ends it after the current step.</param>
    /// <exception cref="Model.Options.ConfigurationException">Options are out of range, or network and data do not fit.</exception>
    public async Task<LearningRateCurve> RunAsync(double from, double to, int steps, CancellationToken cancellationToken)
    {
        OptionRules.Check(network, data.Outline, training, pipeline);
        KernelSet kernels = KernelSet.For(pipeline.Kernels ?? KernelSet.BestTier);
        AlignedBuffer weights = network.Layout.Initialize(training.Seed);
        LearningRateCurve curve = new();
        await using TrainingPipeline running = new(
            network,
            training.Loss.Create(network),
            OptimizerStack.Create(training with { AverageDecay = null, Accumulate = 1 }, kernels, weights.Span[..network.Layout.TrainedLength], out _),
            weights,
            training,
            pipeline)
        { Meter = Meter };
        IBatchSource? epoch = null;
        int left = 0;
        for (int step = 0, number = 0; step < steps && !cancellationToken.IsCancellationRequested; step++)
        {
            if (left == 0)
            {
                number++;
                epoch = BatchSource.Training(data.Train, training.Seed, number, training.BatchSize);
                left = data.Train.Count;
            }

            double rate = from * Elementary.Pow(to / from, (double)step / (steps - 1));
            OneBatch batch = new(epoch!, Math.Min(left, training.BatchSize));
            left -= batch.Samples;
            try
            {
                PassResult result = await running.RunAsync(batch, (float)rate, cancellationToken);
                curve.Add(rate, result.Loss);
            }
            catch (DivergenceException)
            {
                break;
            }

            if (curve.Points[^1].Smoothed > Blown * curve.Lowest)
            {
                break;
            }
        }

        return curve;
    }

    /// <summary>The next batch of an epoch, as a pass of its own.</summary>
    private sealed class OneBatch(IBatchSource epoch, int samples) : IBatchSource
    {
        private bool _isTaken;

        public int Samples => samples;

        public bool IsTraining => true;

        public int Epoch => epoch.Epoch;

        public bool TryFill(MiniBatch batch)
        {
            bool isFilled = !_isTaken && epoch.TryFill(batch);
            _isTaken = true;
            return isFilled;
        }
    }
}

using System.Diagnostics;
using ConvNN.Data.Augmentations;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>
/// Runs training steps of any number of members on the calling thread: in each phase one member after another, alone, and times each.
/// So the members of a machine with more cores than this one can be measured. A step computes what it computes on threads.
/// </summary>
public sealed class PhaseTimer
{
    private readonly OwnFeatureExchange _exchange;
    private readonly MiniBatch _batch;
    private readonly AlignedBuffer _weights;
    private readonly float _learningRate;
    private readonly long[][] _ticks;
    private long _step;
    private bool _isTraining = true;

    /// <summary>Allocates the memory of all members.</summary>
    /// <param name="network">The network.</param>
    /// <param name="training">Batch size, optimizer, loss and seed.</param>
    /// <param name="options">Leaves and kernels; its threads are the members.</param>
    /// <param name="weights">The weights, which the steps change.</param>
    /// <param name="learningRate">The learning rate of all steps.</param>
    public PhaseTimer(Network network, TrainingOptions training, PipelineOptions options, AlignedBuffer weights, float learningRate)
    {
        PipelinePlan plan = new(network, training, options with { Exchange = ExchangeKind.OwnFeatures });
        ILoss loss = training.Loss.Create(network);
        IOptimizer optimizer = training.Optimizer.Create(plan.Kernels, network.Layout.TrainedLength);
        IAugmentation? augmentation = training.Augmentation.Create(network.Input, training.Seed);
        SampleWork work = new(network, loss, weights, training.Seed, new LeafStatistics(network.Layout, plan.Leaves), augmentation);
        StepDefinition definition = new(network, loss, augmentation, optimizer, weights, training.Seed, plan.Leaves, plan.Kernels);
        _exchange = new OwnFeatureExchange(network, work, optimizer, weights, plan, definition);
        _batch = new MiniBatch(network.Input, plan.BatchCapacity, plan.Kernels.Tier);
        EvaluationBatch = plan.EvaluationBatch;
        _learningRate = learningRate;
        _ticks = [.. _exchange.StepPhases.Select(_ => new long[plan.Threads])];
        Meetings = plan.Division.Meetings;
        _weights = weights;
    }

    /// <summary>The number of members.</summary>
    public int Members => _ticks[0].Length;

    /// <summary>How often the members of a step meet, its end included.</summary>
    public int Meetings { get; }

    /// <summary>The names of the phases, in their order.</summary>
    public IEnumerable<string> Phases => _exchange.StepPhases.Select(phase => phase.Name);

    /// <summary>What each member took for each phase of the last step, by phase and member, in units of <see cref="Stopwatch.Frequency"/>.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Ticks => _ticks;

    /// <summary>The weights, which are brought together first.</summary>
    internal AlignedBuffer GatherWeights()
    {
        _exchange.Gather();
        return _weights;
    }

    /// <summary>The bytes that a member reads in a phase of the last step, which must be one of training, and another member has written.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="member">The member.</param>
    /// <exception cref="InvalidOperationException">The last step was one of an evaluation.</exception>
    public long BytesRead(int phase, int member) => _isTraining
        ? _exchange.StepPhases[phase].Reads(member)
        : throw new InvalidOperationException("What members read in an evaluation is not counted; run a step of training first.");

    /// <summary>Images of an evaluation step.</summary>
    public int EvaluationBatch { get; }

    /// <summary>Runs a step of an evaluation.</summary>
    /// <param name="source">Gives its batch; not a training pass.</param>
    /// <returns>What each member took, in units of <see cref="Stopwatch.Frequency"/>.</returns>
    public IReadOnlyList<long> Evaluate(IBatchSource source)
    {
        Begin(source);
        return [.. Enumerable.Range(0, Members).Select(member => Time(_exchange.Evaluate, member))];
    }

    /// <summary>Runs a step.</summary>
    /// <param name="source">Gives its batch; a training pass.</param>
    public void Run(IBatchSource source)
    {
        _step++;
        Begin(source);
        for (int p = 0; p < _ticks.Length; p++)
        {
            for (int member = 0; member < Members; member++)
            {
                _ticks[p][member] = Time(_exchange.StepPhases[p].Run, member);
            }
        }

        _exchange.Finish();
    }

    private void Begin(IBatchSource source)
    {
        source.TryFill(_batch);
        _isTraining = source.IsTraining;
        _exchange.Begin(new StepJob(_batch, source, _step, _step, _learningRate));
    }

    private static long Time(Action<int> work, int member)
    {
        long before = Stopwatch.GetTimestamp();
        work(member);
        return Stopwatch.GetTimestamp() - before;
    }
}

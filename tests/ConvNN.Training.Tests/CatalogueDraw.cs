using ConvNN.Data.Augmentations;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Tests;

/// <summary>A recipe drawn from the catalogue: a small network that can be built, and how it is trained. The same for the same seed.</summary>
internal sealed class CatalogueDraw
{
    private static readonly string[] Activations = [.. Activation.Names.Where(name => name != Activation.Softmax)];

    private readonly Random _random;
    private Shape _shape = Shape.Image(1, 9, 9);

    public CatalogueDraw(int seed)
    {
        _random = new Random(seed);
        Layers = Draw();
        Network = Network.Build(Shape.Image(1, 9, 9), Layers);
        Options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = Of(5, 16, 33, 40),
            Seed = (ulong)seed,
            LearningRate = 0.01,
            Optimizer = Optimizer(seed),
            Schedule = Schedule(seed + (seed / 8)),
            Loss = Loss(),
            Augmentation = Augmentation(),
            ClipNorm = Maybe(0.5),
            ClipValue = Maybe(0.05),
            AverageDecay = Maybe(0.9),
            Accumulate = Of(1, 1, 3),
            ClassWeights = Of(null, null, "balanced", "1,2,0.5"),
        };
    }

    public IReadOnlyList<LayerOptions> Layers { get; }

    public Network Network { get; }

    public TrainingOptions Options { get; }

    /// <summary>What was drawn, to try it again by hand.</summary>
    public override string ToString() =>
        string.Join(" → ", Network.Blocks.Select(block => $"{block.Type} {block.Summary}".Trim()))
        + FormattableString.Invariant($"; {Options.Optimizer}; {Options.Schedule}; {Options.Loss}; {Options.Augmentation}; batch {Options.BatchSize}, ")
        + FormattableString.Invariant($"norm {Options.ClipNorm}, value {Options.ClipValue}, average {Options.AverageDecay}, accumulate {Options.Accumulate}, weights {Options.ClassWeights}");

    /// <summary>Layers one by one; one that does not fit where it would stand is left out.</summary>
    private List<LayerOptions> Draw()
    {
        List<LayerOptions> layers = [];
        for (int place = _random.Next(2, 7); place > 0; place--)
        {
            Try(layers, ImageLayer());
        }

        Try(layers, Of<LayerOptions>(new GlobalAveragePoolOptions(), new FlattenOptions()));
        for (int place = _random.Next(0, 4); place > 0; place--)
        {
            Try(layers, VectorLayer());
        }

        layers.Add(new DenseOptions { Units = TestData.Classes });
        if (_random.Next(3) > 0)
        {
            layers.Add(new SoftmaxOptions());
        }

        return layers;
    }

    private void Try(List<LayerOptions> layers, LayerOptions layer)
    {
        try
        {
            _shape = Network.Build(Shape.Image(1, 9, 9), [.. layers, layer]).Output;
            layers.Add(layer);
        }
        catch (NetworkException)
        {
            // The next one may fit.
        }
    }

    private LayerOptions ImageLayer() => _random.Next(10) switch
    {
        < 4 => Convolution(),
        4 => new MaxPool2dOptions { Window = Of(2, 3), Stride = Of<Size2d?>(null, 1, 2) },
        5 => new AveragePool2dOptions { Window = 2, Stride = Of<Size2d?>(null, 1) },
        6 => new BatchNorm2dOptions { Momentum = Of(0.1, 0.5) },
        7 => new Dropout2dOptions { Rate = 0.25 },
        8 => new ResidualOptions { Layers = _random.Next(1, 4), Activation = Of(null, Activation.Relu) },
        _ => Function(),
    };

    private LayerOptions VectorLayer() => _random.Next(5) switch
    {
        < 2 => new DenseOptions
        {
            Units = Of(4, 21, 64, 100),
            Bias = _random.Next(4) > 0,
            Activation = Of(null, Of(Activations)),
            Dropout = Of(0, 0.25),
            Initializer = Of([.. WeightInitializer.Names.Where(name => name != WeightInitializer.Constant)]),
        },
        2 => new DropoutOptions { Rate = 0.25 },
        3 => new ResidualOptions { Layers = 1 },
        _ => Function(),
    };

    private Conv2dOptions Convolution()
    {
        int groups = Of([1, .. Enumerable.Range(1, _shape.Channels).Where(groups => _shape.Channels % groups == 0)]);
        return new()
        {
            Filters = groups * _random.Next(1, 4),
            Kernel = Of(1, 2, 3),
            Stride = Of(1, 1, 2),
            Padding = Of(0, 1),
            Dilation = Of(1, 1, 2),
            Groups = groups,
            Bias = _random.Next(4) > 0,
            Activation = Of(null, Of(Activations)),
            Initializer = Of([.. WeightInitializer.Names.Where(name => name != WeightInitializer.Constant)]),
        };
    }

    private LayerOptions Function() => Activation.Find(Of(Activations)) switch
    {
        LeakyReluOptions => new LeakyReluOptions { Slope = 0.2 },
        EluOptions => new EluOptions { Alpha = 0.7 },
        LayerOptions other => other,
        null => throw new InvalidOperationException("A name of the list has no activation."),
    };

    // In turn, so that few seeds have them all, and in many pairs.
    private OptimizerOptions Optimizer(int turn)
    {
        OptimizerOptions options = InTurn<OptimizerOptions>(
            turn,
            [.. OptimizerRegistry.Types.Types.Select(type => OptimizerRegistry.Types.Find(type.Name)), new RmsPropOptions { Momentum = 0.5, Centered = true, Epsilon = 0.01 }]);
        return options with { WeightDecay = Of(0, 0.01) };
    }

    private ScheduleOptions Schedule(int turn)
    {
        ScheduleOptions options = InTurn<ScheduleOptions>(
            turn,
            new ConstantSchedule(),
            new StepSchedule { Every = 0.5, Factor = 0.5 },
            new ExponentialSchedule(),
            new CosineSchedule { Cycles = 2 },
            new OneCycleSchedule(),
            new PlateauSchedule { Patience = 1 });
        return options with { Warmup = options is OneCycleSchedule ? 0 : Of(0, 0.5) };
    }

    private LossOptions Loss() => !Network.EndsInSoftmax
        ? new MeanSquaredErrorOptions()
        : Of<LossOptions>(new CrossEntropyOptions(), new CrossEntropyOptions { LabelSmoothing = 0.1 }, new MeanSquaredErrorOptions());

    private AugmentationOptions Augmentation() => _random.Next(3) == 0
        ? new NoAugmentation()
        : new RandomAugmentation
        {
            Shift = Of(0, 1.5),
            Rotation = Of(0, 10),
            Scale = Of(0, 0.1),
            Shear = Of(0, 5),
            Elastic = Of(0, 1),
            Flip = Of(false, true),
            Erase = Of(0, 0.5),
            Noise = Of(0, 0.05),
        };

    private double? Maybe(double value) => Of<double?>(null, null, value);

    private static T InTurn<T>(int turn, params ReadOnlySpan<T> choices) => choices[turn % choices.Length];

    private T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}

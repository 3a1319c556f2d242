using ConvNN.Data;
using ConvNN.Data.Augmentations;
using ConvNN.Model.Losses;
using ConvNN.Model.Options;
using ConvNN.Training.Evaluation;
using ConvNN.Training.Losses;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;
using ConvNN.Training.Schedules;

namespace ConvNN.Training.Tests;

/// <summary>What a run makes of schedules, clipping, averages, validation and the like.</summary>
public class RecipeTests
{
    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public static TheoryData<string, TrainingOptions> Recipes { get; } = new()
    {
        { "adam, one cycle", Options with { Optimizer = "adam", LearningRate = 0.01, Schedule = "onecycle" } },
        { "augmentation", Options with { Augmentation = new RandomAugmentation { Rotation = 10, Elastic = 1, Noise = 0.05 } } },
        { "norm, average", Options with { Optimizer = "nesterov", ClipNorm = 0.5, AverageDecay = 0.99 } },
        { "value, accumulation", Options with { Optimizer = "rmsprop", LearningRate = 0.01, ClipValue = 0.01, Accumulate = 3 } },
        { "lion, plateau, weights", Options with { Optimizer = "lion", LearningRate = 0.001, Schedule = new PlateauSchedule { Patience = 0 }, ClassWeights = "1,2,0.5" } },
    };

    private static TrainingOptions Options => new() { Epochs = 2, BatchSize = 17, Seed = 3 };

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Run_AnyNumberOfWorkersAndWidth_GivesTheSameWeights(string name, TrainingOptions training)
    {
        TrainingResult expected = await RunAsync(training, Data(), new PipelineOptions { Workers = 1, Kernels = Kernels.Vectors.KernelTier.Reference });

        foreach (int workers in new[] { 2, 3, 8 })
        {
            TrainingResult actual = await RunAsync(training, Data(), new PipelineOptions { Workers = workers });

            Assert.True(expected.WeightsSha256 == actual.WeightsSha256, $"{name}: {workers} workers gave other weights than one.");
            Assert.Equal(expected.Epochs.Select(epoch => epoch.WeightsSha256), actual.Epochs.Select(epoch => epoch.WeightsSha256));
        }
    }

    [Fact]
    public async Task Run_Schedule_GivesEachStepItsRate()
    {
        TrainingOptions training = Options with { Epochs = 3, Schedule = new StepSchedule { Every = 1, Factor = 0.5 } };

        TrainingResult stepped = await RunAsync(training, Data());
        TrainingResult constant = await RunAsync(training with { Schedule = new ConstantSchedule() }, Data());

        Assert.Equal([0.1, 0.05, 0.025], stepped.Epochs.Select(epoch => epoch.LearningRate));
        Assert.Equal(stepped.Epochs[0].WeightsSha256, constant.Epochs[0].WeightsSha256);
        Assert.NotEqual(stepped.Epochs[1].WeightsSha256, constant.Epochs[1].WeightsSha256);
    }

    [Fact]
    public async Task Run_LimitsThatAreNeverReached_ChangeNothing()
    {
        string plain = (await RunAsync(Options, Data())).WeightsSha256;

        Assert.Equal(plain, (await RunAsync(Options with { ClipNorm = 1e6, ClipValue = 1e6 }, Data())).WeightsSha256);
        Assert.NotEqual(plain, (await RunAsync(Options with { ClipNorm = 0.1 }, Data())).WeightsSha256);
        Assert.NotEqual(plain, (await RunAsync(Options with { ClipValue = 0.001 }, Data())).WeightsSha256);
    }

    [Fact]
    public async Task Run_Average_IsEvaluatedAndComesOutWhileTrainingGoesOnWithTheWeights()
    {
        List<string> models = [];
        Trainer averaged = New(Options with { AverageDecay = 0.9 }, Data());
        Trainer plain = New(Options, Data());
        TrainingResult result = await averaged.RunAsync(
            _ =>
            {
                models.Add(TestData.Network().Layout.Hash(averaged.Model.Span));
                return Task.CompletedTask;
            },
            Hang);
        TrainingResult expected = await plain.RunAsync(cancellationToken: Hang);

        Assert.Equal(plain.Weights.Span, averaged.Weights.Span);
        Assert.Same(plain.Weights, plain.Model);
        Assert.NotEqual(expected.WeightsSha256, result.WeightsSha256);
        Assert.Equal(result.Epochs.Select(epoch => epoch.WeightsSha256), models);
        Assert.Equal(models[^1], result.WeightsSha256);
    }

    [Fact]
    public async Task Run_Validation_LetsTheBestEpochComeOut()
    {
        // A rate that grows too large: the first epochs learn, later ones forget.
        TrainingOptions training = Options with { Epochs = 8, LearningRate = 0.05, Schedule = new ConstantSchedule { Warmup = 8 }, Optimizer = new MomentumOptions { Momentum = 0.97 } };

        Trainer trainer = New(training, Split(Data()));
        TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);

        EpochResult best = result.Epochs.Aggregate((best, epoch) => epoch.IsBetterThan(best) ? epoch : best);
        Assert.Equal(best, result.Best);
        Assert.True(result.Epochs[0].IsBest);
        Assert.Equal((best.WeightsSha256, false), (result.WeightsSha256, result.IsEarly));
        Assert.Equal(best.WeightsSha256, TestData.Network().Layout.Hash(trainer.Model.Span));
        Assert.All(result.Epochs, epoch => Assert.Equal(40, epoch.Validation!.Samples));
    }

    [Fact]
    public async Task Run_PatienceWithARateThatLearnsNothing_EndsEarly()
    {
        TrainingOptions training = Options with { Epochs = 50, LearningRate = 1e-30, Patience = 3 };

        TrainingResult result = await RunAsync(training, Split(Data()));

        Assert.Equal((4, true, false, 1), (result.Epochs.Count, result.IsEarly, result.IsStopped, result.Best!.Epoch));
    }

    [Fact]
    public async Task Run_PlateauWithARateThatLearnsNothing_ReducesIt()
    {
        TrainingOptions training = Options with { Epochs = 5, LearningRate = 1e-30, Schedule = new PlateauSchedule { Patience = 1, Factor = 0.5 } };

        TrainingResult result = await RunAsync(training, Split(Data()));

        Assert.Equal([1e-30, 1e-30, 1e-30, 5e-31, 5e-31], result.Epochs.Select(epoch => epoch.LearningRate));
    }

    [Fact]
    public async Task FindRate_SeparableData_SuggestsOneThatLearnsAndLeavesTheRest()
    {
        LearningRateFinder finder = new(TestData.Network(), Data(), Options, new PipelineOptions { Workers = 2 });

        LearningRateCurve curve = await finder.RunAsync(from: 1e-4, to: 100, steps: 120, Hang);
        LearningRateCurve again = await finder.RunAsync(from: 1e-4, to: 100, steps: 120, Hang);

        Assert.InRange(curve.Suggestion!.Value, 1e-3, 10);
        Assert.True(curve.Points.Count < 120 || curve.Points[^1].Smoothed > curve.Lowest);
        Assert.Equal(curve.Points, again.Points);
    }

    [Fact]
    public async Task Run_StoppedWithAverage_KeepsTheAverageOfTheLastStep()
    {
        using CancellationTokenSource stop = new();
        Trainer trainer = New(Options with { AverageDecay = 0.9, Epochs = 100 }, Data());

        TrainingResult result = await trainer.RunAsync(epoch => epoch.Epoch == 2 ? stop.CancelAsync() : Task.CompletedTask, stop.Token);

        Assert.True(result.IsStopped);
        Assert.Equal(result.Epochs[^1].WeightsSha256, result.WeightsSha256);
    }

    [Fact]
    public void Constructor_LookingAtAValidationPartThatIsNotThere_IsRefused()
    {
        ConfigurationException failure = Assert.Throws<ConfigurationException>(
            () => New(Options with { Patience = 2, Schedule = "plateau", ClassWeights = "1,2" }, Data()));

        Assert.Equal(
            [
                "Training:Patience needs a validation set; hold one out with Data:Validation, such as 0.1.",
                "Training:Schedule plateau needs a validation set; hold one out with Data:Validation, such as 0.1.",
                "Training:ClassWeights has 2 numbers, but there are 3 classes; give one number per class, or use balanced.",
            ],
            failure.Failures.Select(single => single.Text));
    }

    [Fact]
    public void ClassWeights_Balanced_MakeEveryClassCountTheSame()
    {
        ImageDataset data = TestData.Images(300).Select([.. Enumerable.Range(0, 300).Where(i => i % 3 == 0 || i % 6 == 1 || i % 12 == 2)], "train");

        float[] weights = ClassWeights.Of("balanced", data)!;

        // 100, 50 and 25 samples
        Assert.Equal([175f / 3 / 100, 175f / 3 / 50, 175f / 3 / 25], weights, (left, right) => Math.Abs(left - right) < 1e-6f);
        Assert.Equal([1f, 2f, 0.5f], ClassWeights.Of("1, 2,0.5", data)!);
        Assert.Null(ClassWeights.Of(null, data));
        Assert.False(ClassWeights.IsAllowed("1,-2"));
    }

    [Fact]
    public void Evaluate_WeightedLoss_ScalesLossAndGradientInTrainingAlone()
    {
        CrossEntropy plain = new();
        ClassWeightedLoss weighted = new(plain, [1f, 2f, 4f]);
        float[] outputs = [0.1f, -0.2f, 0.3f], gradient = new float[3], scaled = new float[3];

        float loss = plain.Evaluate(outputs, label: 2, gradient), training = weighted.Evaluate(outputs, label: 2, scaled), test = weighted.Evaluate(outputs, label: 2, default);

        Assert.Equal((4 * loss, loss), (training, test));
        Assert.Equal(gradient.Select(element => 4 * element), scaled);
    }

    private static DatasetPair Data() => Split(TestData.Pair(240)) with { Validation = null };

    private static DatasetPair Split(DatasetPair data)
    {
        (ImageDataset train, ImageDataset validation) = ValidationSplit.Split(data.Train, 40, seed: 3);
        return data with { Train = train, Validation = validation };
    }

    private static Trainer New(TrainingOptions training, DatasetPair data, PipelineOptions? pipeline = null) =>
        new(TestData.Network(), data, training, pipeline ?? new PipelineOptions { Workers = 2 });

    private static Task<TrainingResult> RunAsync(TrainingOptions training, DatasetPair data, PipelineOptions? pipeline = null) =>
        New(training, training.Schedule.NeedsValidation && data.Validation is null ? Split(data) : data, pipeline).RunAsync(cancellationToken: Hang);
}

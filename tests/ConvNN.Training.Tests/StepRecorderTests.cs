using ConvNN.Data;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests;

/// <summary>Recording steps changes nothing, and what is recorded does not depend on who computes the steps.</summary>
public class StepRecorderTests
{
    private const int Batch = 10;
    private const int Images = 105;

    private static readonly Dictionary<string, TrainingOptions> All = new()
    {
        ["sgd"] = new(),
        ["adam, average"] = new() { Optimizer = "adam", LearningRate = 0.003, AverageDecay = 0.9 },
        ["momentum, accumulated"] = new() { Optimizer = "momentum", LearningRate = 0.02, Accumulate = 2 },
        ["cosine, clipped"] = new() { Schedule = "cosine", ClipValue = 0.01 },
    };

    /// <summary>Every kind of division, on vectors of every width.</summary>
    private static readonly (int Workers, ExchangeKind Exchange, KernelTier Tier)[] Divisions =
    [
        .. from tier in (KernelTier[])[KernelTier.Vector128, KernelTier.Vector256, KernelTier.Vector512]
           from workers in (int[])[1, 2, 3, 12]
           select (workers, ExchangeKind.OwnFeatures, tier),
        (1, ExchangeKind.FullGradients, KernelTier.Reference),
        (3, ExchangeKind.FullGradients, KernelSet.BestTier),
    ];

    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    public static TheoryData<string> Recipes { get; } = [.. All.Keys];

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task RecordSteps_AnyDivision_GivesTheSameFiguresAndLeavesTheWeightsAlone(string recipe)
    {
        TrainingOptions training = All[recipe] with { Epochs = 2, BatchSize = Batch, Seed = 3 };
        string weights = (await NewTrainer(training, workers: 1, null).RunAsync(cancellationToken: Hang)).WeightsSha256;
        List<StepResult> expected = [];
        foreach (int every in (int[])[1, 3])
        {
            foreach ((int workers, ExchangeKind exchange, KernelTier tier) in Divisions)
            {
                Trainer trainer = NewTrainer(training, workers, exchange, tier);
                List<StepResult> steps = [];
                trainer.RecordSteps(every, steps.Add);

                TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);

                expected = expected.Count == 0 ? steps : expected;
                Assert.Equal(weights, result.WeightsSha256);
                Assert.Equal(expected.Where(step => step.Step % every == 0).Select(Figures), steps.Select(Figures));
                Assert.All(steps, step => Assert.True(step.ImagesPerSecond > 0 && step.GradientNorm > 0, $"{step}"));
            }
        }

        Assert.Equal(Enumerable.Range(1, 22).Select(step => ((long)step, (step + 10) / 11)), expected.Select(step => (step.Step, step.Epoch)));
    }

    /// <summary>The mean over a step's batch: of an epoch's steps, weighted by their samples, it is the epoch's.</summary>
    [Fact]
    public async Task RecordSteps_AllStepsOfAnEpoch_AddUpToItsResult()
    {
        Trainer trainer = NewTrainer(new TrainingOptions { Epochs = 1, BatchSize = Batch, Seed = 3 }, workers: 1, null);
        List<StepResult> steps = [];
        trainer.RecordSteps(1, steps.Add);

        EpochResult epoch = (await trainer.RunAsync(cancellationToken: Hang)).Epochs[0];

        int[] samples = [.. steps.Select(step => step.Step == 11 ? 5 : Batch)];
        Assert.Equal(epoch.Training.Loss, steps.Zip(samples).Sum(step => step.First.Loss * step.Second) / Images, 1e-9);
        Assert.Equal(epoch.Training.Correct, steps.Zip(samples).Sum(step => step.First.Accuracy * step.Second), 1e-9);
    }

    [Fact]
    public async Task RecordSteps_TheCallbackThrows_EndsTheRunWithItsException()
    {
        Trainer trainer = NewTrainer(new TrainingOptions { Epochs = 1, BatchSize = Batch }, workers: 2, null);
        trainer.RecordSteps(2, step => throw new ModelFileException($"step {step.Step}"));

        ModelFileException thrown = await Assert.ThrowsAsync<ModelFileException>(() => trainer.RunAsync(cancellationToken: Hang));

        Assert.Equal("step 2", thrown.Message);
    }

    [Fact]
    public void RecordSteps_Twice_IsRefused()
    {
        Trainer trainer = NewTrainer(new TrainingOptions(), workers: 1, null);
        trainer.RecordSteps(1, _ => { });

        Assert.Throws<InvalidOperationException>(() => trainer.RecordSteps(1, _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.RecordSteps(0, _ => { }));
    }

    private static object Figures(StepResult step) => step with { ImagesPerSecond = 0 };

    private static Trainer NewTrainer(TrainingOptions training, int workers, ExchangeKind? exchange, KernelTier? tier = null)
    {
        DatasetPair data = TestData.Pair(Images);
        return new Trainer(DefaultNetwork.For(data), data, training, new PipelineOptions { Workers = workers, Threads = exchange is null ? null : workers, Exchange = exchange, Kernels = tier });
    }
}

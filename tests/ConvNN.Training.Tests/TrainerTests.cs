using ConvNN.Data;
using ConvNN.Formats;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests;

public class TrainerTests
{
    private static CancellationToken Hang => TestContext.Current.CancellationToken;

    /// <summary>What an app does: it trains, shows each epoch, and names an image.</summary>
    [Fact]
    public async Task RunAsync_WithProgress_ReportsEachEpochAndGivesAClassifier()
    {
        Network network = TestData.Network();
        DatasetPair data = TestData.Pair(60) with { ClassNames = ["top", "middle", "bottom"] };
        Trainer trainer = new(network, data, new TrainingOptions { Epochs = 4, LearningRate = 0.1 }, new PipelineOptions());
        ReportedEpochs reported = new();

        TrainingResult result = await trainer.RunAsync(reported, TestContext.Current.CancellationToken);
        Classifier classifier = new(network, trainer.Model) { Subject = trainer.Subject };

        Assert.Equal(result.Epochs, reported);
        int right = Enumerable.Range(0, data.Test.Count).Count(i => classifier.Predict(data.Test.Image(i)).Name == data.ClassNames[data.Test.Label(i)]);
        Assert.Equal(result.Epochs[^1].Test.Correct, right);
    }

    private sealed class ReportedEpochs : List<EpochResult>, IProgress<EpochResult>
    {
        public void Report(EpochResult value) => Add(value);
    }

    [Fact]
    public async Task Run_Epochs_AreReportedInOrderWithTheirWeights()
    {
        Trainer trainer = NewTrainer(TestData.Pair(60), epochs: 3);
        List<EpochResult> reported = [];

        TrainingResult result = await trainer.RunAsync(Keep(reported), Hang);

        Assert.Equal([1, 2, 3], reported.Select(epoch => epoch.Epoch));
        Assert.Equal(reported, result.Epochs);
        Assert.False(result.IsStopped);
        Assert.Equal(result.WeightsSha256, reported[^1].WeightsSha256);
        Assert.All(reported, epoch => Assert.Equal((60, 20), (epoch.Training.Samples, epoch.Test.Samples)));
    }

    [Fact]
    public async Task Run_SeparableData_IsLearnt()
    {
        Trainer trainer = NewTrainer(TestData.Pair(300, test: 60), epochs: 4);

        TrainingResult result = await trainer.RunAsync(cancellationToken: Hang);

        Assert.Equal(60, result.Epochs[^1].Test.Correct);
        Assert.True(result.Epochs[^1].Training.Loss < result.Epochs[0].Training.Loss);
    }

    [Fact]
    public async Task Run_EventsThatNobodyReads_NeitherHoldNorLoseTheRun()
    {
        // Far more events than the channel keeps: the epochs still arrive by the callback.
        Trainer trainer = NewTrainer(TestData.Pair(10, test: 3), epochs: 400);
        List<EpochResult> reported = [];

        await trainer.RunAsync(Keep(reported), Hang).WaitAsync(TimeSpan.FromSeconds(30), Hang);

        Assert.Equal(400, reported.Count);
        List<TrainingEvent> kept = await trainer.Events.ReadAllAsync(Hang).ToListAsync(Hang);
        Assert.Equal(256, kept.Count);
        Assert.Equal(400, ((EpochResult)kept[^1]).Epoch);
    }

    [Fact]
    public async Task Run_ShortInterval_SendsProgressThatRises()
    {
        Trainer trainer = NewTrainer(TestData.Pair(6_000), epochs: 2, TimeSpan.FromMilliseconds(2));

        await trainer.RunAsync(cancellationToken: Hang);
        List<StepProgress> steps = await trainer.Events.ReadAllAsync(Hang).OfType<StepProgress>().Where(step => step.Epoch == 1).ToListAsync(Hang);

        Assert.NotEmpty(steps);
        Assert.Equal(steps.Select(step => step.Step).Order(), steps.Select(step => step.Step));
        Assert.All(steps, step => Assert.Equal(600, step.Steps));
        Assert.All(steps, step => Assert.Equal((step.Samples == 0, step.Samples == 0), (step.Loss is null, step.Accuracy is null)));
    }

    [Fact]
    public async Task Run_Canceled_ReturnsTheFinishedEpochs()
    {
        using CancellationTokenSource stop = new();
        Trainer trainer = NewTrainer(TestData.Pair(60), epochs: 100);

        TrainingResult result = await trainer.RunAsync(epoch => epoch.Epoch == 2 ? stop.CancelAsync() : Task.CompletedTask, stop.Token);

        Assert.True(result.IsStopped);
        Assert.Equal(2, result.Epochs.Count);
        Assert.Equal(result.Epochs[^1].WeightsSha256, result.WeightsSha256);
    }

    [Fact]
    public async Task Run_LearningRateTooLarge_EndsAsDivergedAtThatStep()
    {
        // Two layers without a rectifier that could die: the product of their weights grows with each step.
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).Flatten().Dense(8).Dense(3, Activation.Softmax).Build();
        Trainer trainer = new(network, TestData.Pair(600), new TrainingOptions { LearningRate = 1e6 }, new PipelineOptions { Workers = 2 });

        DivergenceException failure = await Assert.ThrowsAsync<DivergenceException>(() => trainer.RunAsync(cancellationToken: Hang));

        Assert.Matches(
            @"^Training diverged in epoch 1, step \d+, at learning rate 1000000: (the loss|the gradient of \S+) is not a finite number\. The weights are those before the step\. Try a smaller Training:LearningRate\.$",
            failure.Message);
        Assert.Equal(-1, KernelSet.For(Kernels.Vectors.KernelTier.Reference).Elementwise.IndexOfNonFinite(trainer.Weights.Span));
    }

    [Fact]
    public void Constructor_EverythingWrong_SaysAllAtOnce()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 8, 9)).Flatten().Dense(4, Activation.Softmax).Build();

        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => new Trainer(
            network,
            TestData.Pair(60),
            new TrainingOptions { BatchSize = 61, Patience = 3 },
            new PipelineOptions()));

        Assert.Equal(
            [
                "Training:BatchSize is 61, but bands has 60 training images; use at most that many.",
                "The network takes images of 1×8×9, but bands has 1×9×9; build it for the data's shape.",
                "The last layer 'dense1' has 4 outputs, but bands has 3 classes; end the network with a dense layer of 3 units.",
                "Training:Patience needs a validation set; hold one out with Data:Validation, such as 0.1.",
            ],
            failure.Failures.Select(single => single.Text));
    }

    [Theory]
    [InlineData(true, "Training:ClipNorm needs the whole gradient before any weight changes; use auto or full-gradients, or leave Training:ClipNorm out.")]
    [InlineData(false, "the reference kernels define the result and run with full gradients only; use auto or full-gradients, or different Pipeline:Kernels.")]
    public void Constructor_OwnFeaturesThatCannotRun_IsRefusedWithTheReason(bool isClipped, string reason)
    {
        TrainingOptions training = new() { ClipNorm = isClipped ? 1 : null };
        PipelineOptions pipeline = new() { Kernels = isClipped ? null : Kernels.Vectors.KernelTier.Reference };

        ConfigurationException failure = Assert.Throws<ConfigurationException>(
            () => new Trainer(TestData.Network(), TestData.Pair(60), training, pipeline with { Exchange = ExchangeKind.OwnFeatures }));

        Assert.Equal([$"Pipeline:Exchange is own-features, but {reason}"], failure.Failures.Select(single => single.Text));
        Assert.Equal(ExchangeKind.FullGradients, new PipelinePlan(TestData.Network(), training, pipeline).Exchange);
    }

    [Fact]
    public void Constructor_MoreMemoryThanThereIs_IsRefusedBeforeAnythingIsAllocated()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9))
            .Conv2d(filters: 4_000, kernel: 3, activation: Activation.Relu)
            .Flatten()
            .Dense(3, Activation.Softmax)
            .Build();

        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => new Trainer(
            network, TestData.Pair(60_000), new TrainingOptions { BatchSize = 60_000 }, new PipelineOptions { Workers = 1 }));

        Assert.Matches(
            @"^Training:BatchSize 60000 needs a buffer of 11,760,000,000 values, but a buffer holds at most [\d,]+\. Use a smaller batch, or more Pipeline:Workers than 1\.$",
            failure.Message);
    }

    [Theory]
    [InlineData(1, null, "Training:BatchSize is 1, but batchnorm2d 'norm1' computes batch statistics; use 2 or more, preferably 16 or more.")]
    [InlineData(
        32,
        8,
        "Pipeline:Leaves is 8, but batchnorm2d 'norm1' computes statistics over leaves of at least 16 samples, and a batch of 32 gives 4; leave Pipeline:Leaves out, or use a larger Training:BatchSize.")]
    public void Constructor_BatchNormWithTooFewSamples_IsRefused(int batchSize, int? leaves, string message)
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).BatchNorm2d().Flatten().Dense(3, Activation.Softmax).Build();

        ConfigurationException failure = Assert.Throws<ConfigurationException>(() => new Trainer(
            network, TestData.Pair(60), new TrainingOptions { BatchSize = batchSize }, new PipelineOptions { Leaves = leaves }));

        Assert.Equal(message, failure.Message);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 1)]
    [InlineData(32, 2)]
    [InlineData(64, 4)]
    [InlineData(128, 8)]
    [InlineData(512, 32)]
    public void LeavesFor_NetworkWithBatchNorm_KeepsSixteenSamplesInEachLeaf(int batchSize, int leaves)
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).BatchNorm2d().Flatten().Dense(3, Activation.Softmax).Build();

        Assert.Equal(leaves, new PipelineOptions().LeavesFor(batchSize, network));
    }

    [Fact]
    public async Task Run_Twice_IsRefused()
    {
        Trainer trainer = NewTrainer(TestData.Pair(20), epochs: 1);
        await trainer.RunAsync(cancellationToken: Hang);

        await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.RunAsync(cancellationToken: Hang));
    }

    [Fact]
    public void Constructor_LossWithoutSoftmaxOrUnknownNames_AreRefused()
    {
        Network network = new NetworkBuilder(Shape.Image(1, 9, 9)).Flatten().Dense(3).Build();
        DatasetPair data = TestData.Pair(60);

        ConfigurationException loss = Assert.Throws<ConfigurationException>(() => new Trainer(network, data, new(), new()));
        ConfigurationException optimizer = Assert.Throws<ConfigurationException>(
            () => new Trainer(TestData.Network(), data, new() { Optimizer = "sdg" }, new()));

        Assert.Equal("Training:Loss is cross-entropy, which needs probabilities: give the last layer 'dense1' the Activation softmax.", loss.Message);
        Assert.StartsWith("Training:Optimizer:Type is sdg, which is not a known optimizer; did you mean sgd? (known here: sgd, ", optimizer.Message, StringComparison.Ordinal);
    }

    private static Trainer NewTrainer(DatasetPair data, int epochs, TimeSpan? interval = null) =>
        new(TestData.Network(), data, new TrainingOptions { Epochs = epochs, Seed = 3 }, new PipelineOptions { Workers = 2 })
        {
            ProgressInterval = interval ?? TimeSpan.FromSeconds(10),
        };

    private static Func<EpochResult, Task> Keep(List<EpochResult> reported) => epoch =>
    {
        reported.Add(epoch);
        return Task.CompletedTask;
    };
}

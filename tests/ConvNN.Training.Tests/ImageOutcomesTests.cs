using ConvNN.Training.Options;
using ConvNN.Training.Progress;

namespace ConvNN.Training.Tests;

/// <summary>What is kept of each test image is what the evaluation counted, and keeping it changes nothing.</summary>
public class ImageOutcomesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Run_KeepsPredictions_AsTheEvaluationCountedThem(int workers)
    {
        PipelineOptions pipeline = new() { Workers = workers, Threads = workers };
        TrainingOptions options = new() { Epochs = 3, BatchSize = 10 };
        ConvNN.Data.DatasetPair data = TestData.Pair(100, test: 37);
        Trainer trainer = new(TestData.Network(), data, options, pipeline) { KeepsPredictions = true };

        TrainingResult result = await trainer.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        TrainingResult without = await new Trainer(TestData.Network(), data, options, pipeline).RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(without.WeightsSha256, result.WeightsSha256);
        List<TestImagesRead> read = [];
        await foreach (TrainingEvent what in trainer.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (what is TestImagesRead images)
            {
                read.Add(images);
            }
        }

        Assert.Equal([1, 2, 3], read.Select(images => images.Epoch));
        foreach ((EpochResult epoch, TestImagesRead images) in result.Epochs.Zip(read))
        {
            Assert.Equal(epoch.Test.Correct, Enumerable.Range(0, 37).Count(i => images.Outcomes.Predicted[i] == data.Test.Label(i)));
            Assert.Equal(epoch.Test.LossSum, images.Outcomes.Losses.Aggregate(0.0, (sum, loss) => sum + loss));
        }
    }
}

using ConvNN.App.Configuration;
using ConvNN.App.Runs;
using ConvNN.App.Tests.Configuration;
using ConvNN.Data.Download;
using ConvNN.Training;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class AccuracyTests
{
    [Fact]
    public async Task DefaultRun_OnTheSample_ReachesNinetyFivePercent()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        RunConfiguration run = Sources.Read("""{ "Data": { "Dataset": "sample" } }""");
        RunMaterial material = await RunMaterial.LoadAsync(run, new Progress<DownloadProgress>(), stop);
        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline);

        TrainingResult result = await trainer.RunAsync(cancellationToken: stop);

        // A learning rate that stays at 0.1 moves the accuracy by a point from one epoch to the next.
        double accuracy = result.Epochs.TakeLast(3).Average(epoch => epoch.Test.Accuracy);
        Assert.True(accuracy >= 0.95, $"The mean test accuracy of the last three of {result.Epochs.Count} epochs is {accuracy}.");
    }
}

using ConvNN.App.Commands;
using ConvNN.App.Configuration;
using ConvNN.App.Tests.Configuration;
using ConvNN.Training;

namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class AccuracyTests
{
    [Fact]
    public async Task DefaultRun_OnTheSample_ReachesNinetyFivePercent()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        RunConfiguration run = Sources.Read();
        RunMaterial material = await RunMaterial.LoadAsync(run, stop);
        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline);

        TrainingResult result = await trainer.RunAsync(cancellationToken: stop);

        double accuracy = result.Epochs[^1].Test.Accuracy;
        Assert.True(accuracy >= 0.95, $"The test accuracy after {result.Epochs.Count} epochs is {accuracy}.");
    }
}

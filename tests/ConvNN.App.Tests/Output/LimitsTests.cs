using ConvNN.App.Output;
using ConvNN.App.Output.Drawing;
using ConvNN.Training;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Tests.Output;

public class LimitsTests
{
    [Theory]
    [InlineData("workers", 0.92, 8, 10, 2, "at batch 10, 8 workers get 1–2 images each on 2 cores: try --workers auto, or --batch-size 128 (other weights)")]
    [InlineData("workers", 0.92, 8, 128, 2, "at batch 128, 8 workers get 16 images each on 2 cores: try --workers auto")]
    [InlineData("workers", 0.55, 2, 10, 2, "at batch 10, 2 workers get 5 images each, and handing over takes the rest: try --workers 1, or --batch-size 128 (other weights)")]
    [InlineData("workers", 0.97, 1, 128, 2, "1 worker on 2 cores: try --workers auto")]
    [InlineData("workers", 0.70, 1, 10, 2, "handing over takes the rest: try --batch-size 128 (other weights)")]
    [InlineData("workers", 0.95, 2, 128, 2, "the cores do little else: this is what the machine gives")]
    [InlineData("workers", 0.60, 2, 128, 2, "they wait for each other the rest of the time")]
    [InlineData("read", 0.90, 2, 128, 2, "one thread reads while 2 workers take all cores: try --workers 1")]
    [InlineData("read", 0.90, 2, 64, 8, "one thread reads, and more workers do not help it: try --batch-size 128 (other weights)")]
    [InlineData("reduce", 0.90, 8, 10, 8, "one thread adds up what 8 workers send: try --workers 4, or --batch-size 128 (other weights)")]
    [InlineData("reduce", 0.90, 1, 128, 8, "adding up and updating take most of a step")]
    public void Advice_OfAStage_SaysWhatToTry(string stage, double busy, int workers, int batch, int cores, string expected) =>
        Assert.Equal(expected, Figures.Untied(Advice(stage, busy, workers, batch, cores, images: 60_000)));

    [Fact]
    public void Advice_FewerImagesThanTheBatchItWouldPropose_ProposesNone() =>
        Assert.DoesNotContain("--batch-size", Advice("workers", 0.5, workers: 2, batch: 10, cores: 2, images: 127), StringComparison.Ordinal);

    private static string Advice(string stage, double busy, int workers, int batch, int cores, int images) =>
        Limits.Advice(new StageLoad(stage, busy), new TrainingOptions { BatchSize = batch }, new PipelineOptions { Workers = workers }, images, cores);
}

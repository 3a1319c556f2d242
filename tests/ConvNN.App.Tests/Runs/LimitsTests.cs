using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Kernels.Vectors;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline.Clocks;

namespace ConvNN.App.Tests.Runs;

public class LimitsTests
{
    private static readonly (ExchangeKind Taken, ExchangeKind Fastest, bool IsRequired) Fast = (ExchangeKind.OwnFeatures, ExchangeKind.OwnFeatures, false);

    [Theory]
    [InlineData("workers", 0.97, 1, 1, 128, "1 of 2 cores may compute: try --workers auto (the same weights)")]
    [InlineData("workers", 0.70, 1, 2, 10, "handing over takes the rest of the time: try --batch-size 128 (other weights)")]
    [InlineData("workers", 0.80, 2, 2, 10, "the threads wait for each other the rest of the time: try --batch-size 128 (other weights)")]
    [InlineData("workers", 0.60, 2, 2, 128, "the threads wait for each other the rest of the time")]
    [InlineData("workers", 0.95, 2, 2, 10, "the cores do little else: this is the machine's limit")]
    [InlineData("read", 0.90, 2, 2, 128, "choosing a batch takes longer than training on it")]
    [InlineData("read", 0.90, 1, 2, 1, "choosing a batch takes longer than training on it: try --batch-size 128 (other weights)")]
    public void Advice_OfAStage_SaysWhatToTry(string stage, double busy, int threads, int allowed, int batch, string expected) =>
        Assert.Equal(expected, Figures.Untied(Limits.Advice(new StageLoad(stage, busy), Fast, KernelTier.Vector256, batch, (threads, allowed, 2), images: 60_000)));

    [Fact]
    public void Advice_PicturesThatAreDecodedAhead_SaysHowToSpareIt() => Assert.Equal(
        "decoding the pictures takes longer than training on them: try a larger Data:Memory if the machine has it (the same weights), or files of the size of Data:ImageSize",
        Figures.Untied(Limits.Advice(new StageLoad("read", 0.9), Fast, KernelTier.Vector256, batch: 128, (2, 2, 2), images: 60_000, isDecoded: true)));

    [Theory]
    [InlineData(0.24, "the threads wait for each other the rest of the time: try --batch-size 128 (other weights)")]
    [InlineData(0.62, "other programs had the cores for 62 % of the time; measure speed alone on the machine")]
    public void Advice_OtherProgramsHadTheCores_BlamesThem(double contention, string expected) =>
        Assert.Equal(expected, Figures.Untied(Limits.Advice(new StageLoad("workers", 0.3), Fast, KernelTier.Vector256, batch: 10, (2, 2, 2), images: 60_000, contention)));

    [Theory]
    [InlineData(KernelTier.Reference, "the reference kernels are in use: try --kernels auto (the same weights)")]
    [InlineData(KernelTier.Vector256, "every worker hands over a full gradient, as the training options require")]
    public void Advice_FullGradients_SaysWhy(KernelTier kernels, string expected) =>
        Assert.Equal(expected, Limits.Advice(new StageLoad("reduce", 0.5), (ExchangeKind.FullGradients, ExchangeKind.FullGradients, true), kernels, batch: 10, (2, 2, 2), images: 60_000));

    [Fact]
    public void Advice_FullGradientsThatWereChosen_ProposesAuto() => Assert.Equal(
        "every worker hands over a full gradient: try --set Pipeline:Exchange=auto (the same weights)",
        Limits.Advice(new StageLoad("reduce", 0.5), (ExchangeKind.FullGradients, ExchangeKind.OwnFeatures, false), KernelTier.Vector256, batch: 10, (2, 2, 2), images: 60_000));

    [Fact]
    public void Advice_OwnFeaturesThatWereChosenForALargeBatch_ProposesAuto() => Assert.Equal(
        "activations of own features exceed a core's cache: try --set Pipeline:Exchange=auto (the same weights)",
        Limits.Advice(new StageLoad("workers", 0.95), (ExchangeKind.OwnFeatures, ExchangeKind.FullGradients, false), KernelTier.Vector256, batch: 1024, (2, 2, 2), images: 60_000));

    [Fact]
    public void Advice_FullGradientsThatAreFastest_LooksFurther() => Assert.Equal(
        "the cores do little else: this is the machine's limit",
        Limits.Advice(new StageLoad("workers", 0.95), (ExchangeKind.FullGradients, ExchangeKind.FullGradients, false), KernelTier.Vector256, batch: 1024, (2, 2, 2), images: 60_000));

    [Fact]
    public void Advice_FewerImagesThanTheBatchItWouldPropose_ProposesNone() =>
        Assert.DoesNotContain("--batch-size", Limits.Advice(new StageLoad("workers", 0.5), Fast, KernelTier.Vector256, batch: 10, (2, 2, 2), images: 127), StringComparison.Ordinal);
}

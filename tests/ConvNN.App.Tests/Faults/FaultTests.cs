using ConvNN.App.Faults;
using ConvNN.App.Output;
using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Pipeline.Supervision;

namespace ConvNN.App.Tests.Faults;

public class FaultTests
{
    public static TheoryData<Exception, int, string> Faults() => new()
    {
        { new UsageException("'x' is not known."), 2, "usage: 'x' is not known." },
        { new ConfigurationException(Failure.At("Training:Epochs", "is 0; no.")), 2, "configuration: Training:Epochs is 0; no." },
        { new NetworkException("Model:Layers do not fit."), 2, "configuration: Model:Layers do not fit." },
        { new DatasetException("/d: no such folder."), 3, "dataset: /d: no such folder." },
        { new CacheException("/c: cannot be written."), 4, "cache: /c: cannot be written." },
        { new DownloadException("mnist cannot be downloaded."), 8, "download: mnist cannot be downloaded." },
        { new OutputException("/o: cannot be written."), 4, "output: /o: cannot be written." },
        { new ModelFileException("/m: is empty."), 5, "model: /m: is empty." },
        { new DivergenceException("Training diverged."), 6, "diverged: Training diverged." },
        { new StallException("Stalled: nothing moves."), 7, "Stalled: nothing moves." },
        { new DifferenceException("the weights differ."), 10, "verify: the weights differ." },
        { new PipelineException("worker 1 failed.", new InvalidOperationException()), 1, "pipeline: worker 1 failed." },
        { new UnauthorizedAccessException("Access to the path '/a' is denied."), 4, "files: Access to the path '/a' is denied." },
        { new IOException("Input/output error : '/a'"), 4, "files: Input/output error : '/a'" },
        { new InvalidOperationException("two\nlines"), 1, "bug: InvalidOperationException: two lines" },
        { new OperationCanceledException("why"), 1, "bug: OperationCanceledException: why" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Of_Exception_GivesCodeAndLine(Exception exception, int exitCode, string line)
    {
        Fault fault = Fault.Of(exception);

        Assert.Equal(exitCode, fault.ExitCode);
        Assert.Equal([line], fault.Lines());
    }

    [Fact]
    public void Lines_OfSeveralFailures_AreOneEach() =>
        Assert.Equal(["configuration: one", "configuration: two (x.json, line 3)"], Fault.Of(new ConfigurationException([new Failure("", "one"), new Failure("", "two") { Origin = "x.json, line 3" }])).Lines());

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void WriteTo_Verbose_AddsTheTrace(bool isVerbose, int count)
    {
        StringWriter error = new();

        Fault.Of(new DatasetException("x", null)).WriteTo(new LineWriter(error), isVerbose);

        Assert.Equal(count, error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length);
    }
}

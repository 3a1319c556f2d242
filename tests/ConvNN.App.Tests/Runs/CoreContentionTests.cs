using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training;
using ConvNN.Training.Options;

namespace ConvNN.App.Tests.Runs;

public class CoreContentionTests
{
    [Fact]
    public void Threads_OfTheProcess_AreThoseThatCompute()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        using TemporaryFolder folder = new();
        foreach ((string task, string name, string waited) in new[]
        {
            ("12", "convnn worker t\n", "5000000 2000000 17\n"),
            ("15", "dotnet\n", "1 1500000000 3\n"),
            ("16", "convnn worker t\n", "1 1500000000 3\n"),
            ("99", "convnn worker t\n", "unreadable"),
        })
        {
            Directory.CreateDirectory(folder[task]);
            folder.Write($"{task}/comm", name);
            folder.Write($"{task}/schedstat", waited);
        }

        Directory.CreateDirectory(folder["100"]);     // has just ended: its files are gone

        Assert.Equal([(0, 1500), (5, 2)], new CoreContention(folder.Path).Threads().Select(time => (time.Ran.TotalMilliseconds, time.Waited.TotalMilliseconds)).Order());
    }

    [Fact]
    public void Look_SystemThatDoesNotTell_BlamesNobody()
    {
        using TemporaryFolder folder = new();
        CoreContention contention = new(folder["none"]);

        contention.Look();

        Assert.Equal(0, contention.Share);
    }

    [Fact]
    public async Task Threads_WhileARunGoesOn_AreFound()
    {
        Assert.SkipUnless(File.Exists("/proc/self/schedstat"), "This system does not tell.");
        DatasetPair data = await DatasetCatalog.LoadAsync("sample", TestContext.Current.CancellationToken);
        Network network = new NetworkBuilder(data.Train.Shape).Flatten().Dense(units: 10, activation: Activation.Softmax).Build();
        Trainer trainer = new(network, data with { Train = data.Train.Take(100) }, new TrainingOptions { Epochs = 1 }, new PipelineOptions { Workers = 1 });
        int found = 0;

        await trainer.RunAsync(
            _ =>
            {
                found = new CoreContention().Threads().Count;
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);

        Assert.True(found > 0, "No thread has the name that is looked for.");
    }
}

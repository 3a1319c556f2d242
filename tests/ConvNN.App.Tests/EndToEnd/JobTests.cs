using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Several processes train one network: the same bits as one.</summary>
[Collection(ProgramCollection.Name)]
public sealed partial class JobTests : IDisposable
{
    // Ranks divide the first layers by features, or share gradients.
    private const string OwnFeatures = "Training:ClipNorm=null";
    private const string FullGradients = "Training:ClipNorm=1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OwnFeatures, "own-features")]
    [InlineData(FullGradients, "full-gradients")]
    public async Task Train_AnyNumberOfRanks_GivesTheSameWeights(string setting, string exchange)
    {
        string[] training = ["--limit", "500", "--epochs", "2", "--set", setting];
        (int exitCode, string alone, string error) = await ProgramRun.RunAsync(_folder, [.. training, "-w", "3", "-o", "alone"]);
        Assert.Equal((0, ""), (exitCode, error));
        foreach (string library in JobRun.Libraries.Select(row => row.Data))
        {
            for (int ranks = 1; ranks <= 3; ranks++)
            {
                string folder = $"{library}-{ranks}";
                JobResult job = await JobRun.RunAsync(library, ranks, _folder, ["train", .. training, "-w", $"{1 + (ranks % 2)}", "-o", folder]);

                Assert.True(job.ExitCode == 0, $"{job}");
                Assert.Equal(WeightsLine().Match(alone).Value, WeightsLine().Match(job.Output).Value);
                Assert.Equal(ranks > 1, Regex.IsMatch(job.Output, $" cluster ranks={ranks} library=\"{library} [0-9.]+\" hosts=\\S+ workers=[12]"));
                Assert.True(ranks == 1 || job.Output.Contains($" exchange={exchange} ", StringComparison.Ordinal), job.Output);
                Assert.Equal(3, File.ReadAllLines(_folder[$"{folder}/history.csv"]).Length);
            }
        }
    }

    /// <summary>The launcher passes the signal on, and soon ends all that is left.</summary>
    [Theory]
    [InlineData("Open MPI", OwnFeatures, 0)]
    [InlineData("Open MPI", FullGradients, 2)]
    [InlineData("MPICH", OwnFeatures, 2)]
    [InlineData("MPICH", FullGradients, 0)]
    public async Task Train_LauncherIsTerminated_GoesOnWithAnotherNumberOfRanks(string library, string setting, int ranks)
    {
        string[] training = ["--limit", "500", "--set", setting];
        using (JobRun job = JobRun.Start(library, 3, _folder, ["train", .. training, "--epochs", "10000", "-o", "cut"]))
        {
            await ReadToFirstCheckpointAsync(job);
            await job.SignalAsync("TERM");
            JobResult stopped = await job.EndAsync();

            // MPICH's launcher may report success for ranks that it has terminated itself.
            Assert.True(stopped.ExitCode != 0 || library == "MPICH", $"{stopped}");
            Assert.Empty(stopped.Faults);
        }

        await CheckResumeAsync(library, ranks, training);
    }

    [Theory]
    [InlineData("Open MPI", OwnFeatures, 1, 0)]
    [InlineData("Open MPI", FullGradients, 0, 2)]
    [InlineData("MPICH", OwnFeatures, 0, 2)]
    [InlineData("MPICH", FullGradients, 1, 0)]
    public async Task Train_RankIsKilled_EndsTheJobAndGoesOnWithFewer(string library, string setting, int killed, int ranks)
    {
        string[] training = ["--limit", "500", "--set", setting];
        using (JobRun job = JobRun.Start(library, 3, _folder, ["train", .. training, "--epochs", "10000", "-o", "cut"]))
        {
            await ReadToFirstCheckpointAsync(job);
            await job.SignalRankAsync(killed, "KILL");
            JobResult stopped = await job.EndAsync();

            Assert.NotEqual(0, stopped.ExitCode);
            Assert.InRange(stopped.Faults.Count, 0, 1);
        }

        await CheckResumeAsync(library, ranks, training);
    }

    [Theory]
    [InlineData("Open MPI", OwnFeatures, 2, 0)]
    [InlineData("MPICH", FullGradients, 1, 2)]
    public async Task Train_RankHangs_OthersNameItWithinTheDeadline(string library, string setting, int hanging, int ranks)
    {
        string[] training = ["--limit", "500", "--set", setting];
        using (JobRun job = JobRun.Start(library, 3, _folder, ["train", .. training, "--epochs", "10000", "-o", "cut", "--set", "Cluster:Deadline=2"]))
        {
            await ReadToFirstCheckpointAsync(job);
            await job.SignalRankAsync(hanging, "STOP");
            JobResult stopped = await job.EndAsync();

            Assert.Equal(9, stopped.ExitCode);
            Assert.InRange(stopped.Faults.Count, 1, 3);
            Assert.Contains(stopped.Faults, line => line.Contains($"rank {hanging} did not answer", StringComparison.Ordinal));
            Assert.All(stopped.Faults, line => Assert.Matches($@"^(rank \d: )?cluster: rank \d of 3: ranks? [\d, ]+ did not answer within 2(\.\d)? s in an? \w+; ", line));
        }

        await CheckResumeAsync(library, ranks, training);
    }

    /// <summary>Waits for the first checkpoint: two epochs of these few images may end before it is on the disk.</summary>
    private async Task ReadToFirstCheckpointAsync(JobRun job)
    {
        await job.ReadToAsync("epoch epoch=2");
        for (int attempt = 0; attempt < 1_000 && !File.Exists(_folder["cut/checkpoints/latest"]); attempt++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Trains two epochs more, with ranks or without a launcher, and compares the weights with those of a run without a fault.</summary>
    private async Task CheckResumeAsync(string library, int ranks, string[] training)
    {
        string epochs = $"{File.ReadAllLines(_folder["cut/history.csv"]).Length + 1}";
        (_, string whole, _) = await ProgramRun.RunAsync(_folder, [.. training, "--epochs", epochs, "-o", "whole"]);
        string[] resume = ["--resume", "cut", "-w", "1", "--epochs", epochs];
        JobResult resumed = ranks == 0 ? new(await ProgramRun.RunAsync(_folder, resume)) : await JobRun.RunAsync(library, ranks, _folder, resume);

        Assert.True(resumed.ExitCode == 0, $"{resumed}");
        Assert.Matches(@" resumed checkpoint=\S+ step=\d+ epochs_done=\d+ epochs=" + epochs, resumed.Output);
        Assert.Equal(WeightsLine().Match(whole).Value, WeightsLine().Match(resumed.Output).Value);
        Assert.Equal(File.ReadAllLines(_folder["whole/history.csv"]).Length, File.ReadAllLines(_folder["cut/history.csv"]).Length);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["cut"], "*.tmp", SearchOption.AllDirectories));
    }

    [GeneratedRegex(@"weights sha256=[0-9a-f]{64}")]
    private static partial Regex WeightsLine();
}

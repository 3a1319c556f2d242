namespace ConvNN.App.Tests.EndToEnd;

[Collection(ProgramCollection.Name)]
public class DryRunTests
{
    [Fact]
    public async Task DryRun_OnTheSample_PrintsThePlanAndWritesNothing()
    {
        using TemporaryFolder folder = new();

        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder, ["train", "--dry-run", "-w", "3", "--limit", "95", "--set", "Model:Layers:conv1:Filters=16", "-o", "out"], ("CONVNN_Training__Seed", "7"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(
            " changed by=\"CONVNN_Data__Dataset, CONVNN_Data__Download, CONVNN_Training__Seed, -w, --limit, --set Model:Layers:conv1:Filters, -o\"",
            output,
            StringComparison.Ordinal);
        Assert.Contains(" data dataset=sample train_images=95 available_images=4000 test_images=1000 height=28 ", output, StringComparison.Ordinal);
        Assert.Contains(" layer name=conv1 type=conv2d summary=\"16 of 3×3, relu\" output=16×26×26 parameters=160 operations=194688", output, StringComparison.Ordinal);
        Assert.Contains(" seed=7 workers=3 threads=", output, StringComparison.Ordinal);
        Assert.Contains(" exchange=own-features exchange_reason=\"each weight has one owner\" kernels=", output, StringComparison.Ordinal);
        Assert.Contains(" plan batches_per_epoch=10 batch_size=10 leaves=8 workers=3 ", output, StringComparison.Ordinal);
        Assert.Contains(" samples_per_shard=", output, StringComparison.Ordinal);
        Assert.Contains(" memory total_bytes=", output, StringComparison.Ordinal);
        Assert.Contains(" output folder=out dry_run=true", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task DryRun_Accumulation_CountsOptimizerStepsAndTellsWhatIsLeft()
    {
        using TemporaryFolder folder = new();
        string[] run = ["--dry-run", "--limit", "33", "-b", "10", "-e", "2", "--set"];

        (_, string output, _) = await ProgramRun.RunAsync(folder, [.. run, "Training:Accumulate=3"]);
        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, [.. run, "Training:Accumulate=9"]);

        Assert.Contains(" plan batches_per_epoch=4 ", output, StringComparison.Ordinal);
        Assert.Contains(" steps=2 ", output, StringComparison.Ordinal);
        Assert.Contains(" warning text=\"Of the 8 batches of the run, the last 2 do not fill an optimizer step of 3 (Training:Accumulate) and change nothing.\"", output, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
        Assert.StartsWith("configuration: Training:Accumulate is 9, but the run has 8 batches and would take no optimizer step; take at most as many, or more epochs.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    public async Task DryRun_DatasetThatIsNotHere_SaysWhatWouldBeFetchedAndFetchesNothing(string dataset)
    {
        using TemporaryFolder folder = new();

        // Nothing listens on port 9 of this machine: a download would fail at once.
        (int exitCode, string output, string error) = await ProgramRun.RunAsync(
            folder, ["--dry-run"], ("CONVNN_Data__Dataset", dataset), ("CONVNN_Data__Download", "true"), ("CONVNN_Data__Mirror", "http://127.0.0.1:9/"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($" data dataset={(dataset == "auto" ? "mnist" : dataset)} train_images=60000 ", output, StringComparison.Ordinal);
        Assert.Contains(" download_from=http://127.0.0.1:9/", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(2, "configuration: Training:BatchSize is 5000, but sample has 4000 training images;", "-b", "5000")]
    [InlineData(2, "configuration: Data:Limit is 5000, but sample has 4000 training images;", "--limit", "5000")]
    [InlineData(2, "configuration: Model:Layers do not fit together: input 1×28×28 → conv1 8×26×26 → [maxpool2d 'pool1' ✗]", "--set", "Model:Layers:pool1:Window=40")]
    [InlineData(2, "configuration: Pipeline:Workers is 0;", "-w", "0")]
    [InlineData(3, "dataset: ", "--data-dir", "no-such-folder")]
    [InlineData(8, "download: mnist is not in ", "--data", "mnist")]
    public async Task DryRun_WhatARunWouldRefuse_IsRefused(int expectedCode, string expectedError, params string[] arguments)
    {
        using TemporaryFolder folder = new();

        (int exitCode, _, string error) = await ProgramRun.RunAsync(folder, ["--dry-run", .. arguments]);

        Assert.Equal(expectedCode, exitCode);
        Assert.StartsWith(expectedError, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}

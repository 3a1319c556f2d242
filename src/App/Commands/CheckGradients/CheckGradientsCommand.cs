using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Checking;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands.CheckGradients;

/// <summary>
/// <c>convnn check-gradients</c>: compares the gradient of every tensor of the configured network with central
/// differences, on the first samples of the first step. Writes no files.
/// </summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="request">The output format.</param>
/// <param name="signals">Stops it.</param>
/// <param name="output">Where it prints.</param>
/// <param name="log">Where downloads are reported.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckGradientsCommand(
    ConfigurationSources sources, CheckGradientsRequest request, StopSignals signals, LineWriter output, RunLog log, TimeProvider time) : ICommand
{
    // Enough for several leaves and classes; each further sample adds the chance of a kink.
    private const int Samples = 4;
    private const int Coordinates = 64;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        if (request.IsJson)
        {
            log.IsShown = _ => false;
        }

        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        ILoss loss = run.Training.Loss.Create(material.Network);
        KernelTier tier = run.Pipeline.Kernels ?? KernelSet.BestTier;
        Print(LessonHead.Lines(run, sources.File.Name, material));

        GradientCheck check = new(material.Network, loss, KernelSet.For(tier));
        MiniBatch batch = FirstSamples(material.Data.Train, run.Training.Seed, Math.Min(Samples, run.Training.BatchSize), tier);
        IReadOnlyList<TensorCheck> results;
        try
        {
            results = Check(check, material.Network, batch, run.Training.Seed, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Print([$"stopped by {signals.Name}; nothing is proved"]);
            return signals.ExitCode;
        }

        GradientReport report = new(material.Network, results, Machine.NameOf(tier));
        Print(report.Lines(batch.Count, check.SamplesOnKinks));
        if (request.IsJson)
        {
            output.WriteText(report.Json(LessonHead.Json(run, sources.File.Name, material), batch.Count, check.SamplesOnKinks));
        }

        return results.All(result => result.IsRight) ? ExitCode.Done : ExitCode.Bug;
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (string line in request.IsJson ? [] : lines)
        {
            output.Write(line);
        }
    }

    private static MiniBatch FirstSamples(ImageDataset data, ulong seed, int count, KernelTier tier)
    {
        int[] order = new int[data.Count];
        new EpochSampler(data.Count, seed).Shuffle(epoch: 1, order);
        MiniBatch batch = new(data.Shape, count, tier);
        batch.Fill(data, order.AsSpan(0, Math.Min(count, order.Length)));
        return batch;
    }

    private static IReadOnlyList<TensorCheck> Check(
        GradientCheck check, Network network, MiniBatch batch, ulong seed, CancellationToken cancellationToken)
    {
        AlignedBuffer weights = network.Layout.Initialize(seed);
        GradientCheck.LeaveKinks(network.Layout, weights.Span);
        SampleRun run = new()
        {
            Images = batch.Images,
            Labels = batch.Labels,
            Indices = batch.Indices,
            Weights = weights.Span,
            IsTraining = true,
            Seed = seed,
            Epoch = 1,
        };
        return check.Run(run, Coordinates, cancellationToken);
    }
}

using ConvNN.App.Configuration;
using ConvNN.App.Hosting;
using ConvNN.App.Output;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Pipeline;

namespace ConvNN.App.Commands;

/// <summary><c>convnn train</c>: one run, from its configuration to its summary.</summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="signals">What may stop it.</param>
/// <param name="log">Where it says what happens.</param>
/// <param name="time">Names the run's folder.</param>
/// <param name="meter">Measures the run.</param>
internal sealed class TrainCommand(ConfigurationSources sources, StopSignals signals, RunLog log, TimeProvider time, TrainingMeter meter) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        RunReporter reporter = new(log, run);
        log.BeginFile();
        reporter.Start(sources.File.Name);
        RunMaterial material = await RunMaterial.LoadAsync(run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        reporter.Material(material);
        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline) { ProgressInterval = reporter.ProgressInterval, Meter = meter };
        using RunFolder folder = RunFolder.Create(run, time);
        log.OpenFile(folder);
        RunKeeper keeper = RunKeeper.Begin(folder, run, material, trainer.Model, time);
        reporter.Training(new PipelinePlan(material.Network, run.Training, run.Pipeline), folder.Path);

        Task reading = reporter.ReadAsync(trainer.Events);
        TrainingResult result;
        try
        {
            result = await trainer.RunAsync(keeper.KeepAsync, cancellationToken);
        }
        catch (DivergenceException fault)
        {
            throw keeper.Diverged(fault);
        }
        catch (Exception fault)
        {
            keeper.Failed(fault);
            throw;
        }
        finally
        {
            await reading;
        }

        int exitCode = result.IsStopped ? signals.ExitCode : ExitCode.Done;
        keeper.End(result, signals.Name, exitCode);
        new RunSummary(log, run, material).Write(result, signals.Name, folder);
        return exitCode;
    }
}

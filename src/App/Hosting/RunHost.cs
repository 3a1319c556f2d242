using System.Diagnostics.CodeAnalysis;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.Model.Options;
using ConvNN.Training.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConvNN.App.Hosting;

/// <summary>Wires up a command with its configuration and runs it.</summary>
internal static class RunHost
{
    /// <summary>Runs a command.</summary>
    /// <typeparam name="TCommand">The command.</typeparam>
    /// <param name="sources">Where its configuration comes from.</param>
    /// <param name="signals">Stops it.</param>
    /// <param name="output">Where it prints text that is not part of the log.</param>
    /// <param name="log">Where it reports events.</param>
    /// <param name="job">The job that this process is a rank of, if any.</param>
    /// <param name="request">The command's arguments beyond its configuration, if any.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCommand>(
        ConfigurationSources sources, StopSignals signals, LineWriter output, RunLog log, Job job, object? request = null)
        where TCommand : class, ICommand
    {
        if (job.Launcher is { } launcher && !typeof(IRankCommand).IsAssignableFrom(typeof(TCommand)))
        {
            throw new UsageException($"{launcher} has started several processes, but only train, evaluate, sweep, leaderboard and bench --cluster work together; start this command without {launcher}.");
        }

        // Empty: the defaults would read every environment variable and watch files. Commands read their own sources.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services
            .AddSingleton<IHostLifetime, CommandLifetime>()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<TrainingMeter>()
            .AddSingleton(sources)
            .AddSingleton(signals)
            .AddSingleton(output)
            .AddSingleton(log)
            .AddSingleton(job)
            .AddSingleton<ICommand, TCommand>()
            .AddSingleton<CommandService>()
            .AddHostedService(services => services.GetRequiredService<CommandService>());

        builder.Logging.AddProvider(new RunLoggerProvider(log));
        foreach ((string category, LogLevel level) in LogLevels.Of(new MergedSettings(sources).Root))
        {
            builder.Logging.AddFilter(category == LogLevels.Default ? null : category, level);
        }

        if (request is not null)
        {
            builder.Services.AddSingleton(request.GetType(), request);
        }

        using IHost host = builder.Build();
        log.IsShown = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogLevels.Program).IsEnabled;
        CommandService service = host.Services.GetRequiredService<CommandService>();
        await host.RunAsync();
        try
        {
            return service.ExitCode;
        }
        catch (ConfigurationException wrong)
        {
            throw new MergedSettings(sources).WithOrigins(wrong);
        }
    }
}

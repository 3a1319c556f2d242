using ConvNN.Data;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;
using ConvNN.Training.Progress;

namespace ConvNN.Training;

/// <summary>Training as the last call of a network that was built in code.</summary>
public static class NetworkTraining
{
    /// <summary>Trains the network and evaluates it after each epoch.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="training">What is learnt; null for the defaults.</param>
    /// <param name="pipeline">How the work is done; null for the defaults.</param>
    /// <param name="onEpoch">Called after each epoch.</param>
    /// <param name="cancellationToken">Stops the run when the step in hand is finished.</param>
    /// <exception cref="Model.Options.ConfigurationException">Options are out of range, or network and data do not fit.</exception>
    public static Task<TrainingResult> TrainAsync(
        this Network network,
        DatasetPair data,
        TrainingOptions? training = null,
        PipelineOptions? pipeline = null,
        Action<EpochResult>? onEpoch = null,
        CancellationToken cancellationToken = default)
    {
        Trainer trainer = new(network, data, training ?? new TrainingOptions(), pipeline ?? new PipelineOptions());
        return trainer.RunAsync(
            result =>
            {
                onEpoch?.Invoke(result);
                return Task.CompletedTask;
            },
            cancellationToken);
    }
}

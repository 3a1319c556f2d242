using System.Globalization;
using ConvNN.Data;
using ConvNN.Kernels.Sums;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Losses;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>The rules that options, network and data keep, checked in one place and reported all at once.</summary>
public static class OptionRules
{
    /// <summary>Throws unless a run can begin.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">The data's figures.</param>
    /// <param name="training">What is learnt.</param>
    /// <param name="pipeline">How the work is done.</param>
    /// <exception cref="ConfigurationException">All failures, each with key, value, rule and hint.</exception>
    public static void Check(Network network, DatasetOutline data, TrainingOptions training, PipelineOptions pipeline)
    {
        List<string> failures = [.. Failures(training, pipeline)];
        if (training.BatchSize > data.TrainCount)
        {
            failures.Add(Text($"Training:BatchSize is {training.BatchSize}, but {data.Name} has {data.TrainCount} training images; take at most as many."));
        }

        if (network.Input != data.Shape)
        {
            failures.Add($"The network takes images of {network.Input}, but {data.Name} has {data.Shape}; build it for the data's shape.");
        }

        if (network.Output != Shape.Vector(data.Classes))
        {
            failures.Add(
                $"The last layer '{network.Blocks[^1].Name}' has {network.Output} outputs, but {data.Name} has {data.Classes} classes; "
                + $"end the network in a dense layer of {data.Classes} units.");
        }

        if (data.ValidationCount == 0 && training.Patience is not null)
        {
            failures.Add("Training:Patience needs a validation part to look at; keep one apart with Data:Validation, such as 0.1.");
        }

        if (data.ValidationCount == 0 && training.Schedule.NeedsValidation)
        {
            failures.Add($"Training:Schedule {training.Schedule.Type} needs a validation part to look at; keep one apart with Data:Validation, such as 0.1.");
        }

        if (ClassWeights.Complaint(training.ClassWeights) is null && ClassWeights.Complaint(training.ClassWeights, data.Classes) is { } weights)
        {
            failures.Add(weights);
        }

        if (LeafFailure(network, training, pipeline) is { } small)
        {
            failures.Add(small);
        }

        if (failures.Count == 0 && MemoryFailure(network, training, pipeline) is { } failure)
        {
            failures.Add(failure);
        }

        if (failures.Count > 0)
        {
            throw new ConfigurationException(failures);
        }

        _ = training.Loss.Create(network);
    }

    /// <summary>What is wrong with the options, whatever network and data; nothing when all is well.</summary>
    public static IEnumerable<string> Failures(TrainingOptions training, PipelineOptions pipeline)
    {
        if (training.Epochs is < 1 or > TrainingOptions.MaxEpochs)
        {
            yield return Text($"Training:Epochs is {training.Epochs}; it must be between 1 and {TrainingOptions.MaxEpochs:N0}.");
        }

        if (training.BatchSize is < 1 or > TrainingOptions.MaxBatchSize)
        {
            yield return Text($"Training:BatchSize is {training.BatchSize}; it must be between 1 and {TrainingOptions.MaxBatchSize:N0}.");
        }

        if ((float)training.LearningRate is not (> 0 and <= TrainingOptions.MaxLearningRate))
        {
            yield return Text($"Training:LearningRate is {training.LearningRate}; it must be above 0, as a float too, and at most {TrainingOptions.MaxLearningRate:N0}.");
        }

        if (training.ClipNorm is { } norm && (float)norm is not (> 0 and < float.PositiveInfinity))
        {
            yield return Text($"Training:ClipNorm is {norm}; it must be above 0, as a float too. Leave it out for no limit.");
        }

        if (training.ClipValue is { } value && (float)value is not (> 0 and < float.PositiveInfinity))
        {
            yield return Text($"Training:ClipValue is {value}; it must be above 0, as a float too. Leave it out for no limit.");
        }

        if (training.AverageDecay is { } decay && decay is not (> 0 and < 1))
        {
            yield return Text($"Training:AverageDecay is {decay}; it must be above 0 and below 1, such as 0.999. Leave it out for no average.");
        }

        if (training.Accumulate is < 1 or > TrainingOptions.MaxBatchSize)
        {
            yield return Text($"Training:Accumulate is {training.Accumulate}; it must be between 1 and {TrainingOptions.MaxBatchSize:N0}.");
        }

        if (training.Patience is < 1)
        {
            yield return Text($"Training:Patience is {training.Patience}; it must be at least 1. Leave it out to train all epochs.");
        }

        if (ClassWeights.Complaint(training.ClassWeights) is { } weights)
        {
            yield return weights;
        }

        if (pipeline.Workers is < 1 or > PipelineOptions.MaxWorkers)
        {
            yield return Text($"Pipeline:Workers is {pipeline.Workers}; it must be between 1 and {PipelineOptions.MaxWorkers}. Leave it out for one a core, as far as a batch employs them.");
        }

        if (pipeline.Leaves is < 1 or > SumTree.MaxLeaves)
        {
            yield return Text($"Pipeline:Leaves is {pipeline.Leaves}; it must be between 1 and {SumTree.MaxLeaves}. Leave it out to let the batch size decide.");
        }

        if (pipeline.StallTimeout <= TimeSpan.Zero || pipeline.StallTimeout > TimeSpan.FromDays(1))
        {
            yield return Text($"Pipeline:StallTimeout is {pipeline.StallTimeout.TotalSeconds}; it must be above 0 and at most 86,400 seconds.");
        }
    }

    /// <summary>Layers that normalise by a leaf's statistics need more than one sample for them.</summary>
    private static string? LeafFailure(Network network, TrainingOptions training, PipelineOptions pipeline)
    {
        if (network.Layers.FirstOrDefault(layer => layer.MinLeafSamples > 1) is not { } layer)
        {
            return null;
        }

        string type = network.Blocks.First(block => block.Name == layer.Name).Type;
        if (training.BatchSize == 1)
        {
            return Text($"Training:BatchSize is 1, but {type} '{layer.Name}' takes statistics of a batch; take 2 or more, best {layer.MinLeafSamples} or more.");
        }

        return pipeline.Leaves > 1 && training.BatchSize / pipeline.Leaves < layer.MinLeafSamples
            ? Text($"Pipeline:Leaves is {pipeline.Leaves}, but {type} '{layer.Name}' takes statistics of leaves of at least {layer.MinLeafSamples} samples, ")
              + Text($"and a batch of {training.BatchSize} gives {training.BatchSize / pipeline.Leaves}; leave Pipeline:Leaves out, or take a larger Training:BatchSize.")
            : null;
    }

    private static string? MemoryFailure(Network network, TrainingOptions training, PipelineOptions pipeline)
    {
        PipelinePlan plan = new(network, training, pipeline);
        if (plan.LargestBuffer > AlignedBuffer.MaxLength)
        {
            return Text($"Training:BatchSize {training.BatchSize} takes a buffer of {plan.LargestBuffer:N0} values; ")
                + Text($"one holds {AlignedBuffer.MaxLength:N0}. Take a smaller batch, or more Pipeline:Workers than {plan.Workers}.");
        }

        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return plan.Bytes > available
            ? Text($"Training:BatchSize {training.BatchSize} with Pipeline:Workers {plan.Workers} takes {plan.Bytes / 1e9:0.0} GB of memory; ")
              + Text($"there are {available / 1e9:0.0} GB. Take a smaller batch or fewer workers.")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using ConvNN.Data;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Training.Losses;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training;

/// <summary>The rules that options, network and data keep together, checked in one place and reported all at once; each option by itself refuses what is out of range.</summary>
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
        List<Failure> failures = [.. Failures(training, pipeline)];
        if (training.BatchSize > data.TrainCount)
        {
            failures.Add(Failure.At("Training:BatchSize", Text($"is {training.BatchSize}, but {data.Name} has {data.TrainCount} training images; use at most that many.")));
        }

        if (network.Input != data.Shape)
        {
            failures.Add(new Failure("", $"The network takes images of {network.Input}, but {data.Name} has {data.Shape}; build it for the data's shape."));
        }

        if (network.Output != Shape.Vector(data.Classes))
        {
            failures.Add(new Failure(
                "",
                $"The last layer '{network.Blocks[^1].Name}' has {network.Output} outputs, but {data.Name} has {data.Classes} classes; "
                + $"end the network with a dense layer of {data.Classes} units."));
        }

        if (network.Layout.TrainedLength == 0 && network.Layout.ParameterCount > 0)
        {
            failures.Add(Failure.At("Model:Layers", "are all Frozen, so there is nothing to train; leave Frozen out of the last one, at least."));
        }

        if (data.ValidationCount == 0 && training.Patience is not null)
        {
            failures.Add(Failure.At("Training:Patience", "needs a validation set; hold one out with Data:Validation, such as 0.1."));
        }

        if (data.ValidationCount == 0 && training.Schedule.NeedsValidation)
        {
            failures.Add(Failure.At("Training:Schedule", $"{training.Schedule.Type} needs a validation set; hold one out with Data:Validation, such as 0.1."));
        }

        if (ClassWeights.Refuse(training.ClassWeights, data.Classes) is { } weights)
        {
            failures.Add(weights);
        }

        if (LeafFailure(network, training, pipeline) is { } small)
        {
            failures.Add(small);
        }

        if (RankFailure(network, training, pipeline) is { } undivided)
        {
            failures.Add(undivided);
        }

        if (failures.Count == 0 && MemoryFailure(network, data, training, pipeline) is { } failure)
        {
            failures.Add(failure);
        }

        if (failures.Count > 0)
        {
            throw new ConfigurationException(failures);
        }

        _ = training.Loss.Create(network);
    }

    /// <summary>Ranks can divide a step by features only where the first layers have some for each of them.</summary>
    private static Failure? RankFailure(Network network, TrainingOptions training, PipelineOptions pipeline) =>
        pipeline is { Exchange: ExchangeKind.OwnFeatures, Ranks.Size: > 1 } && training.SharesSteps && new PipelinePlan(network, training, pipeline).Exchange != ExchangeKind.OwnFeatures
            ? Failure.At("Pipeline:Exchange", Text($"is own-features, but {pipeline.Ranks.Size} ranks cannot divide this network by features, or need all weights within an epoch for checkpoints or recorded steps; use auto or full-gradients."))
            : null;

    /// <summary>What is wrong with options that do not go together, whatever network and data.</summary>
    /// <param name="training">What is learnt.</param>
    /// <param name="pipeline">How the work is done.</param>
    public static IEnumerable<Failure> Failures(TrainingOptions training, PipelineOptions pipeline) =>
        pipeline.Exchange == ExchangeKind.OwnFeatures && PipelinePlan.RefusalOfOwnFeatures(training, pipeline) is { } refusal
            ? [Failure.At("Pipeline:Exchange", $"is own-features, but {refusal}.")]
            : [];

    /// <summary>Layers that normalise by a leaf's statistics need more than one sample for them.</summary>
    private static Failure? LeafFailure(Network network, TrainingOptions training, PipelineOptions pipeline)
    {
        if (network.Layers.FirstOrDefault(layer => layer.MinLeafSamples > 1) is not { } layer)
        {
            return null;
        }

        string type = network.Blocks.First(block => block.Name == layer.Name).Type;
        if (training.BatchSize == 1)
        {
            return Failure.At("Training:BatchSize", Text($"is 1, but {type} '{layer.Name}' computes batch statistics; use 2 or more, preferably {layer.MinLeafSamples} or more."));
        }

        return pipeline.Leaves > 1 && training.BatchSize / pipeline.Leaves < layer.MinLeafSamples
            ? Failure.At(
                "Pipeline:Leaves",
                Text($"is {pipeline.Leaves}, but {type} '{layer.Name}' computes statistics over leaves of at least {layer.MinLeafSamples} samples, ")
                + Text($"and a batch of {training.BatchSize} gives {training.BatchSize / pipeline.Leaves}; leave Pipeline:Leaves out, or use a larger Training:BatchSize."))
            : null;
    }

    private static Failure? MemoryFailure(Network network, DatasetOutline data, TrainingOptions training, PipelineOptions pipeline)
    {
        PipelinePlan plan = new(network, training, pipeline);
        if (plan.LargestBuffer > AlignedBuffer.MaxLength)
        {
            return Failure.At(
                "Training:BatchSize",
                Text($"{training.BatchSize} needs a buffer of {plan.LargestBuffer:N0} values, ")
                + Text($"but a buffer holds at most {AlignedBuffer.MaxLength:N0}. Use a smaller batch, or more Pipeline:Workers than {plan.Workers}."));
        }

        return new MemoryPlan(network, data, training, plan).Refusal() is { } refusal ? new Failure("", refusal) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;

namespace ConvNN.Training.Checkpoints;

/// <summary>A whole checkpoint: each file has the hash that its manifest records.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Manifest">Its manifest.</param>
public sealed record Checkpoint(string Folder, CheckpointManifest Manifest)
{
    private const string WeightsName = "weights.safetensors";

    /// <summary>The name of the file with an optimizer's buffer.</summary>
    /// <param name="buffer">The buffer's name.</param>
    public static string OptimizerFile(string buffer) => $"optimizer.{buffer}.safetensors";

    /// <summary>The files with whole models: the weights, and the model of the run so far if it differs from them.</summary>
    internal static IReadOnlyList<(string Name, AlignedBuffer Values)> WeightFiles(TrainingState state) => state.Model is null
        ? [(ModelFile.DefaultName, state.Weights)]
        : [(ModelFile.DefaultName, state.Model), (WeightsName, state.Weights)];

    /// <summary>Its model, which <c>evaluate</c>, <c>predict</c> and <c>export</c> accept like the model of a run.</summary>
    public string ModelPath => Path.Combine(Folder, ModelFile.DefaultName);

    /// <summary>Opens a checkpoint and checks that it is whole.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointException">It is missing or damaged.</exception>
    public static Checkpoint Open(string folder)
    {
        CheckpointManifest manifest = CheckpointManifest.Read(Path.Combine(folder, CheckpointManifest.Name));
        foreach ((string name, CheckpointFile file) in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            Check(Path.Combine(folder, name), file);
        }

        return new Checkpoint(folder, manifest);
    }

    /// <summary>Reads weights and the optimizer's buffers.</summary>
    /// <param name="network">The network that they must be of.</param>
    /// <param name="state">Receives them; its buffers are those that the checkpoint must have. Its content is undefined if this throws.</param>
    /// <exception cref="CheckpointException">It has no state, or another optimizer's.</exception>
    /// <exception cref="ModelFileException">A tensor is missing, of another shape, or not of this network; or a weight is not finite.</exception>
    public void ReadInto(Network network, TrainingState state)
    {
        if (!Manifest.HasState)
        {
            throw new CheckpointException($"{Folder}: contains only metadata, so a run cannot resume from it; Checkpoints:Content state also keeps weights and optimizer.");
        }

        string[] expected = [.. WeightFiles(state).Select(file => file.Name), .. state.Optimizer.Keys.Select(OptimizerFile)];
        if (Manifest.Files.Keys.Except(expected).Concat(expected.Except(Manifest.Files.Keys)).Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
        {
            string what = Manifest.Files.ContainsKey(other) ? "has a file that this optimizer does not use" : "lacks a file that this optimizer needs";
            throw new CheckpointException($"{Path.Combine(Folder, other)}: the checkpoint {what}; it is from a run with different Training options.");
        }

        foreach ((string name, AlignedBuffer values) in WeightFiles(state))
        {
            Read(name, network.Layout.Parameters, values.Span);
            ModelFile.CheckFinite(Path.Combine(Folder, name), network.Layout, values.Span);
        }

        Parameter[] trained = [.. network.Layout.Parameters.Where(parameter => parameter.IsTrained)];
        foreach ((string name, AlignedBuffer buffer) in state.Optimizer)
        {
            Read(OptimizerFile(name), trained, buffer.Span);
        }
    }

    private void Read(string name, IEnumerable<Parameter> tensors, Span<float> values)
    {
        string path = Path.Combine(Folder, name);
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            SafeTensorsFile.Read(stream, SafeTensorsHeader.Read(stream, path), tensors, values);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {reason.Message.TrimEnd('.')}; use another checkpoint.", reason);
        }
    }

    private static void Check(string path, CheckpointFile file)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            if (stream.Length != file.Bytes)
            {
                throw new CheckpointException(string.Create(
                    CultureInfo.InvariantCulture, $"{path}: has {stream.Length:N0} bytes, expected {file.Bytes:N0}; the checkpoint is damaged; use another."));
            }

            string found = Sha256Hash.Of(stream);
            if (found != file.Sha256)
            {
                throw new CheckpointException($"{path}: has the SHA-256 {found}, expected {file.Sha256}; the checkpoint is damaged; use another.");
            }
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {reason.Message.TrimEnd('.')}; use another checkpoint.", reason);
        }
    }
}

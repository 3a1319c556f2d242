using System.Text.Json.Serialization;

namespace ConvNN.Training.Checkpoints;

/// <summary>The form of <see cref="CheckpointManifest"/> in its file. What is missing, null where it must not be, or not known is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    IgnoreReadOnlyProperties = true,
    NewLine = "\n",
    WriteIndented = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

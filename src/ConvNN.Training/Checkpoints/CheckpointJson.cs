using System.Text.Json.Serialization;

namespace ConvNN.Training.Checkpoints;

/// <summary>The form of <see cref="CheckpointManifest"/> in its file. Missing values, unexpected nulls and unknown names are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    IgnoreReadOnlyProperties = true,
    NewLine = "\n")]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ConvNN.App.Tests.Architecture;

/// <summary>
/// Which source files of a project need which: read from its compiled assembly (base types, signatures, attributes' targets
/// and the instructions of every method) and from its symbols, which tell the file of each type. The files of a
/// <c>partial</c> type are one node, named by the shortest of them; constants leave no trace in an assembly.
/// </summary>
internal sealed class SourceGraph
{
    // Portable PDB: the documents of a type that has no method with code.
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Where(field => field.FieldType == typeof(OpCode)).Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    private readonly MetadataReader _metadata;
    private readonly PEReader _assembly;
    private readonly Dictionary<TypeDefinitionHandle, string> _files = [];
    private readonly Dictionary<string, HashSet<string>> _needs = new(StringComparer.Ordinal);

    private SourceGraph(PEReader assembly, MetadataReader symbols, string folder)
    {
        _assembly = assembly;
        _metadata = assembly.GetMetadataReader();
        NameFiles(symbols, folder);
        foreach (TypeDefinitionHandle type in _metadata.TypeDefinitions)
        {
            if (FileOf(type) is { } file)
            {
                AddNeeds(file, type);
            }
        }
    }

    /// <summary>The files, relative to the project's folder, each with the files that it needs.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Needs => _needs;

    /// <summary>Reads a project's graph.</summary>
    /// <param name="assembly">The path of its assembly, with the symbols beside it.</param>
    /// <param name="folder">The folder of its source, from the repository's: <c>src/App</c>.</param>
    public static SourceGraph Read(string assembly, string folder)
    {
        using PEReader code = new(File.OpenRead(assembly));
        using MetadataReaderProvider symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));
        return new SourceGraph(code, symbols.GetMetadataReader(), folder);
    }

    /// <summary>The folder of a file: <c>""</c> for one that lies at the top.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(file)!.Replace('\\', '/');

    /// <summary>Groups of files that all need each other, directly or through others; the strongly connected components of more than one file (Tarjan 1972).</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        Dictionary<string, int> index = [], low = [];
        Stack<string> open = new();
        HashSet<string> isOpen = [];
        List<IReadOnlyList<string>> circles = [];
        foreach (string file in _needs.Keys.Where(file => !index.ContainsKey(file)))
        {
            Visit(file);
        }

        return circles;

        void Visit(string file)
        {
            index[file] = low[file] = index.Count;
            open.Push(file);
            isOpen.Add(file);
            foreach (string next in _needs[file])
            {
                if (!index.TryGetValue(next, out int place))
                {
                    Visit(next);
                    low[file] = Math.Min(low[file], low[next]);
                }
                else if (isOpen.Contains(next))
                {
                    low[file] = Math.Min(low[file], place);
                }
            }

            if (low[file] != index[file])
            {
                return;
            }

            List<string> circle = [];
            do
            {
                circle.Add(open.Pop());
                isOpen.Remove(circle[^1]);
            }
            while (circle[^1] != file);

            if (circle.Count > 1)
            {
                circles.Add([.. circle.Order(StringComparer.Ordinal)]);
            }
        }
    }

    private void NameFiles(MetadataReader symbols, string folder)
    {
        foreach (IGrouping<TypeDefinitionHandle, TypeDefinitionHandle> types in _metadata.TypeDefinitions.GroupBy(Outermost))
        {
            string[] files = [.. types.SelectMany(type => Documents(symbols, type)).Distinct()
                .Select(document => FileIn(folder, symbols.GetString(symbols.GetDocument(document).Name)))
                .OfType<string>().Where(file => !file.StartsWith("obj/", StringComparison.Ordinal))];
            if (files.MinBy(file => (file.Length, file)) is { } shortest)
            {
                _files[types.Key] = shortest;
                _needs.TryAdd(shortest, new HashSet<string>(StringComparer.Ordinal));
            }
        }
    }

    /// <summary>The part of a document's path below a folder such as <c>src/App</c>: a deterministic build replaces what is before it.</summary>
    private static string? FileIn(string folder, string document)
    {
        string path = document.Replace('\\', '/');
        int start = path.LastIndexOf($"/{folder}/", StringComparison.Ordinal);
        return start < 0 ? null : path[(start + folder.Length + 2)..];
    }

    private IEnumerable<DocumentHandle> Documents(MetadataReader symbols, TypeDefinitionHandle type) =>
        _metadata.GetTypeDefinition(type).GetMethods()
            .Select(method => symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).Document)
            .Concat(symbols.GetCustomDebugInformation(type).Select(symbols.GetCustomDebugInformation)
                .Where(information => symbols.GetGuid(information.Kind) == TypeDefinitionDocuments)
                .SelectMany(information => Documents(symbols.GetBlobReader(information.Value))))
            .Where(document => !document.IsNil);

    private static List<DocumentHandle> Documents(BlobReader blob)
    {
        List<DocumentHandle> documents = [];
        while (blob.RemainingBytes > 0)
        {
            documents.Add(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }

        return documents;
    }

    private string? FileOf(TypeDefinitionHandle type) => _files.GetValueOrDefault(Outermost(type));

    /// <summary>The type around a nested one, such as the state machine of an <c>async</c> method; otherwise itself.</summary>
    private TypeDefinitionHandle Outermost(TypeDefinitionHandle type)
    {
        while (_metadata.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } outer)
        {
            type = outer;
        }

        return type;
    }

    private void AddNeeds(string file, TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        Add(file, type.BaseType);
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
        {
            Add(file, _metadata.GetInterfaceImplementation(implementation).Interface);
        }

        AddConstraints(file, type.GetGenericParameters());
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            _metadata.GetFieldDefinition(field).DecodeSignature(new Collector(this, file), null);
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            MethodDefinition definition = _metadata.GetMethodDefinition(method);
            definition.DecodeSignature(new Collector(this, file), null);
            AddConstraints(file, definition.GetGenericParameters());
            if (definition.RelativeVirtualAddress != 0)
            {
                AddBody(file, _assembly.GetMethodBody(definition.RelativeVirtualAddress));
            }
        }
    }

    private void AddConstraints(string file, GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterConstraintHandle constraint in parameters.SelectMany(parameter => _metadata.GetGenericParameter(parameter).GetConstraints()))
        {
            Add(file, _metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void AddBody(string file, MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Collector(this, file), null);
        }

        BlobReader code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            switch (Operands[value == 0xFE ? 0xFE00 | code.ReadByte() : value])
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    Add(file, MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += sizeof(byte);
                    break;
                case OperandType.InlineVar:
                    code.Offset += sizeof(short);
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += sizeof(long);
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += sizeof(int);
                    break;
            }
        }
    }

    private void Add(string file, EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                if (FileOf((TypeDefinitionHandle)handle) is { } other && other != file)
                {
                    _needs[file].Add(other);
                }

                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Collector(this, file), null);
                break;
            case HandleKind.MethodDefinition:
                Add(file, _metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Add(file, _metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(file, _metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(file, method.Method);
                method.DecodeSignature(new Collector(this, file), null);
                break;
        }
    }

    /// <summary>Adds every type that a signature names.</summary>
    private sealed class Collector(SourceGraph graph, string file) : ISignatureTypeProvider<object?, object?>
    {
        public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            graph.Add(file, handle);
            return null;
        }

        public object? GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            graph.Add(file, handle);
            return null;
        }

        public object? GetArrayType(object? elementType, ArrayShape shape) => null;

        public object? GetByReferenceType(object? elementType) => null;

        public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;

        public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

        public object? GetGenericMethodParameter(object? genericContext, int index) => null;

        public object? GetGenericTypeParameter(object? genericContext, int index) => null;

        public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

        public object? GetPinnedType(object? elementType) => null;

        public object? GetPointerType(object? elementType) => null;

        public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

        public object? GetSZArrayType(object? elementType) => null;

        public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => null;
    }
}
